package protocol_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/weir-dev/weir/protocol"
)

var slugForm = regexp.MustCompile(`^(remote|gateway)/[a-z]+(-[a-z]+)*$`)

func TestCatalogue(t *testing.T) {
	slugs, sentences := make(map[string]bool), make(map[string]bool)
	for _, l := range protocol.Laws() {
		if !slugForm.MatchString(l.Slug) {
			t.Errorf("law %q: want a slug of the form %s", l.Slug, slugForm)
		}
		if slugs[l.Slug] {
			t.Errorf("law %s appears twice", l.Slug)
		}
		slugs[l.Slug] = true
		key := l.Protocol() + l.Sentence
		if sentences[key] && l.Kind == protocol.Sometimes {
			t.Errorf("law %s repeats the sentence %q", l.Slug, l.Sentence)
		}
		sentences[key] = true
		if !strings.HasSuffix(l.Sentence, ".") || strings.TrimSpace(l.Sentence) != l.Sentence || len(l.Sentence) < 10 {
			t.Errorf("law %s: got sentence %q, want one that ends with a period", l.Slug, l.Sentence)
		}
		if strings.ContainsAny(l.Sentence, "|\n") {
			t.Errorf("law %s: the sentence %q can't stand in a row of a table", l.Slug, l.Sentence)
		}
		if l.Kind < protocol.Always || l.Kind > protocol.Sometimes {
			t.Errorf("law %s: got kind %d, want always, eventually or sometimes", l.Slug, l.Kind)
		}
		if l.Needs&^(protocol.Traces|protocol.Counts) != 0 {
			t.Errorf("law %s needs an unknown capability: %b", l.Slug, l.Needs)
		}
		if u := l.Unmodelled; u != strings.TrimRight(strings.TrimSpace(u), ".") || strings.ContainsAny(u, "|\n") || u != "" && len(u) < 10 {
			t.Errorf("law %s: got %q for why no model states it, want one clause without a period, fit for a row of a table, or nothing", l.Slug, u)
		}
		if strings.HasPrefix(l.Name(), "sometimes-") != (l.Kind == protocol.Sometimes) {
			t.Errorf("law %s is of kind %s: want sometimes laws, and only these, named so", l.Slug, l.Kind)
		}
		if l.Protocol()+"/"+l.Name() != l.Slug {
			t.Errorf("law %s splits into %q and %q", l.Slug, l.Protocol(), l.Name())
		}
		if got, ok := protocol.LawBySlug(l.Slug); !ok || got != l {
			t.Errorf("LawBySlug(%q) = %v, %t, want the law", l.Slug, got, ok)
		}
	}
	if _, ok := protocol.LawBySlug("remote/none"); ok {
		t.Error("LawBySlug finds a law that does not exist")
	}
	both := append(protocol.LawsOf("remote"), protocol.LawsOf("gateway")...)
	if len(both) != len(protocol.Laws()) {
		t.Errorf("remote and gateway have %d laws together, want all %d", len(both), len(protocol.Laws()))
	}
	all := protocol.Laws()
	all[0].Slug = "changed"
	if protocol.Laws()[0].Slug == "changed" {
		t.Error("a caller of Laws can change the catalogue")
	}
}

// TestEveryOutcomeIsSometimesSeen ties the sometimes laws to the outcomes and
// reasons: whoever adds one must say where it is seen.
func TestEveryOutcomeIsSometimesSeen(t *testing.T) {
	var want []string
	for _, r := range []protocol.Reason{protocol.Offline, protocol.TimeToLive, protocol.Deadline, protocol.Closed} {
		want = append(want, "remote/sometimes-"+protocol.NotSent.String()+"-"+r.String())
	}
	for _, r := range []protocol.Reason{protocol.LinkLost, protocol.Deadline, protocol.MemoryLost, protocol.Closed} {
		want = append(want, "remote/sometimes-"+protocol.Unknown.String()+"-"+r.String())
	}
	for _, r := range []protocol.Reason{
		protocol.ByReply, protocol.ByErrorReply, protocol.Reassigned, protocol.Refused, protocol.Detached,
		protocol.Draining, protocol.Cancelled, protocol.Deadline, protocol.WriteFailed, protocol.Closed,
	} {
		want = append(want, "gateway/sometimes-released-"+r.String())
	}
	for _, slug := range want {
		if _, ok := protocol.LawBySlug(slug); !ok {
			t.Errorf("law %s is missing", slug)
		}
	}
}

func TestNames(t *testing.T) {
	var names []string
	for o := protocol.OutcomeNone; o <= protocol.Failed; o++ {
		names = append(names, o.String())
	}
	for r := protocol.ReasonNone; int(r) < protocol.ReasonCount; r++ {
		names = append(names, r.String())
	}
	for _, k := range []protocol.LawKind{0, protocol.Always, protocol.Eventually, protocol.Sometimes} {
		names = append(names, k.String())
	}
	for _, m := range []protocol.Mode{protocol.Async, protocol.Sync, 9} {
		names = append(names, m.String())
	}
	for _, d := range []protocol.Delivery{protocol.AtMostOnce, protocol.Resume, 9} {
		names = append(names, d.String())
	}
	slices.Sort(names)
	for i, n := range names {
		if n == "" || i > 0 && n == names[i-1] {
			t.Errorf("name %q is empty or stands for two values", n)
		}
	}
}
