package properties

import (
	"slices"

	"github.com/weir-dev/weir/protocol"
)

// notJudged are the laws that no suite of this package judges yet: Resume is
// not implemented.
var notJudged = []string{"remote/resume-no-loss"}

// witnesses are the sometimes laws that the suites look out for.
var witnesses = []string{
	"remote/sometimes-full-buffer",
	"remote/sometimes-lost-in-flight",
	"remote/sometimes-replied",
	"remote/sometimes-duplicate-reply",
	"remote/sometimes-late-reply",
	"remote/sometimes-not-sent-offline",
	"remote/sometimes-not-sent-closed",
	"remote/sometimes-unknown-link-lost",
	"remote/sometimes-unknown-closed",
	"remote/sometimes-dispatcher-refused",
	"gateway/sometimes-pause-resume",
	"gateway/sometimes-hysteresis",
	"gateway/sometimes-both-reply",
	"gateway/sometimes-due-waits",
	"gateway/sometimes-budget-used-up",
	"gateway/sometimes-late-superseded",
	"gateway/sometimes-late-next-attachment",
	"gateway/sometimes-limit-lowered",
	"gateway/sometimes-released-reply",
	"gateway/sometimes-released-error-reply",
	"gateway/sometimes-released-reassign",
	"gateway/sometimes-released-refuse",
	"gateway/sometimes-released-detach",
	"gateway/sometimes-released-drain",
	"gateway/sometimes-released-cancel",
	"gateway/sometimes-released-deadline",
	"gateway/sometimes-released-write-failed",
	"gateway/sometimes-released-closed",
	"gateway/sometimes-overloaded",
	"gateway/sometimes-no-host",
	"gateway/sometimes-host-lost",
	"gateway/sometimes-refused",
	"gateway/sometimes-refused-elsewhere",
	"gateway/sometimes-crossed-drain",
	"gateway/sometimes-closed",
}

// Judges lists the laws of a protocol, "remote" or "gateway", that its suite
// judges wherever an implementation lets them be observed. The others have no
// check here.
func Judges(protocolName string) []string {
	var out []string
	for _, l := range protocol.LawsOf(protocolName) {
		if l.Kind != protocol.Sometimes && !slices.Contains(notJudged, l.Slug) {
			out = append(out, l.Slug)
		}
	}
	return out
}

// Witnesses lists the sometimes laws of a protocol, "remote" or "gateway",
// that its suite looks out for.
func Witnesses(protocolName string) []string {
	var out []string
	for _, l := range protocol.LawsOf(protocolName) {
		if slices.Contains(witnesses, l.Slug) {
			out = append(out, l.Slug)
		}
	}
	return out
}
