//go:build race

package strategy_test

// thorough is by what the tests that compare figures are larger without the
// race detector, which makes schedules slow and says nothing about figures.
const thorough = 1
