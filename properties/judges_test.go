package properties_test

import (
	"slices"
	"testing"

	"github.com/weir-dev/weir/properties"
	"github.com/weir-dev/weir/protocol"
)

// inside are the facts that need a goroutine of the gateway to be held up
// between two of its own steps: simulated cases reach them often if the
// gateway is woven, and seldom or never if it is not.
var inside = []string{
	"gateway/sometimes-late-superseded",
	"gateway/sometimes-released-drain",
	"gateway/sometimes-released-write-failed",
}

// TestJudges runs cases of the reference and compares what was judged and seen
// with what the package says that it judges and looks out for.
func TestJudges(t *testing.T) {
	const cases = 1500
	for _, name := range []string{"remote", "gateway"} {
		t.Run(name, func(t *testing.T) {
			var tally *properties.Tally
			var ok bool
			if name == "remote" {
				tally, ok = properties.TallyRemote(t, newReferenceRemote, cases)
			} else {
				tally, ok = properties.TallyGateway(t, newReferenceGateway, newReferenceHost, cases)
			}
			if !ok {
				return
			}
			judges, witnesses := properties.Judges(name), properties.Witnesses(name)
			for _, l := range protocol.LawsOf(name) {
				switch n, seen := tally.Judged[l.Slug], tally.Seen[l.Slug]; {
				case l.Kind == protocol.Sometimes && n > 0:
					t.Errorf("%s is a sometimes law, and was judged %d times", l.Slug, n)
				case l.Kind == protocol.Sometimes && seen && !slices.Contains(witnesses, l.Slug):
					t.Errorf("%s was seen, and is not among the witnesses", l.Slug)
				case l.Kind == protocol.Sometimes && !seen && slices.Contains(witnesses, l.Slug) && !slices.Contains(inside, l.Slug):
					t.Errorf("%s is among the witnesses, and was not seen in %d cases", l.Slug, tally.Cases)
				case l.Kind != protocol.Sometimes && (n > 0) != slices.Contains(judges, l.Slug):
					t.Errorf("%s was judged %d times, and is listed: %v", l.Slug, n, slices.Contains(judges, l.Slug))
				}
			}
			for slug := range tally.Judged {
				if _, known := protocol.LawBySlug(slug); !known {
					t.Errorf("%s was judged, and is not in the catalogue", slug)
				}
			}
			for slug := range tally.Seen {
				if _, known := protocol.LawBySlug(slug); !known {
					t.Errorf("%s was seen, and is not in the catalogue", slug)
				}
			}
		})
	}
}
