//go:build race

package alia2018_test

// raceDetector tells whether it is on.
const raceDetector = true
