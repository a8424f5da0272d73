package properties_test

import (
	"flag"
	"strings"
	"testing"

	"github.com/weir-dev/weir/properties"
)

var (
	editedLaw    = flag.String("edited.law", "", "law that TestEdited saves or replays a violation of")
	editedSave   = flag.String("edited.save", "", "file that TestEdited writes")
	editedReplay = flag.String("edited.replay", "", "file that TestEdited replays")
	editedSeed   = flag.Uint64("edited.seed", 1, "seed of the search")
)

// TestEdited is run by those who measure how edited code replays: it saves a
// violation of the reference implementation, or replays one.
func TestEdited(t *testing.T) {
	var d properties.Edited
	switch {
	case *editedLaw == "":
		t.Skip("no -edited.law")
	case strings.HasPrefix(*editedLaw, "remote/"):
		d = properties.EditedRemote(t, *editedLaw, newReferenceRemote)
	default:
		d = properties.EditedGateway(t, *editedLaw, newReferenceGateway, newReferenceHost)
	}
	if *editedSave != "" {
		if err := d.Save(*editedSave, *editedSeed, 20000); err != nil {
			t.Fatal(err)
		}
	}
	if *editedReplay != "" {
		if err := d.Replay(*editedReplay, *editedSeed); err != nil {
			t.Fatal(err)
		}
	}
}
