//go:build !race

package strategy_test

const thorough = 5
