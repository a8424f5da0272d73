//go:build !unix

package main

import (
	"os"
	"os/exec"
)

// isolate leaves a process as it is: its own children end when it does,
// because their standard input closes.
func isolate(*exec.Cmd) {}

// endings are the signals that end a run early, with what was decided so far.
var endings = []os.Signal{os.Interrupt}

// keepsAhead says that the choices of a schedule can't be kept ahead of a crash.
const keepsAhead = false
