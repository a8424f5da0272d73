package properties_test

import (
	"flag"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/weir-dev/weir/properties"
)

var (
	editedLaw  = flag.String("edited.law", "", "law that TestEdited saves and replays a violation of")
	editedBug  = flag.String("edited.bug", "", "implementation in this binary that violates it; its edited copies are named after it, as in R05_01")
	editedFile = flag.String("edited.file", "", "file of the case")
	editedSeed = flag.Uint64("edited.seed", 1, "seed of the search")
)

// TestEdited is run by those who measure how edited code replays: it saves a
// violation, and replays it on every edited copy.
func TestEdited(t *testing.T) {
	if *editedLaw == "" {
		t.Skip("no -edited.law")
	}
	edited := func(name string) properties.Edited {
		m, err := choose(variants, name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(*editedLaw, "remote/") {
			return properties.EditedRemote(t, *editedLaw, m.remote)
		}
		return properties.EditedGateway(t, *editedLaw, m.gateway, m.host)
	}
	if err := edited(*editedBug).Save(*editedFile, *editedSeed, 20000); err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(variants)) {
		if !strings.HasPrefix(name, *editedBug+"_") {
			continue
		}
		if err := edited(name).Replay(*editedFile, name, *editedSeed); err != nil {
			t.Error(err)
		}
	}
}
