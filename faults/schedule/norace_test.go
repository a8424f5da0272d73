//go:build !race

package schedule_test

// programs is how many random programs are looked at besides the telling ones.
const programs = 40
