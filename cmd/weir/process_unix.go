//go:build unix

package main

import (
	"os"
	"os/exec"
	"syscall"
)

// isolate puts a process into a group of its own, which ends as a whole when
// the process is to end.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// keepsAhead says that the choices of a schedule can be kept ahead of a crash.
const keepsAhead = true

// endings are the signals that end a run early, with what was decided so far.
var endings = []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}
