//go:build !race

package linear_test

const race = false
