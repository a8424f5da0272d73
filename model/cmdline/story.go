package cmdline

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/weir-dev/weir/model"
)

// storyLines tells a story: the initial state, and after each step what it has
// changed.
func storyLines[S comparable](sp *model.Spec[S], t *model.Trace[S]) []string {
	lines := []string{"law      " + t.Law, "verdict  " + ending(t)}
	at := t.Init
	lines = append(lines, "   0  initially")
	for _, line := range strings.Split(strings.TrimRight(stateText(sp, &at), "\n"), "\n") {
		lines = append(lines, "        "+line)
	}
	path := t.Path()
	for i, st := range t.Steps {
		if t.Lasso && i == t.Loop {
			lines = append(lines, "      from here on, round for ever:")
		}
		lines = append(lines, fmt.Sprintf("%4d  %s", i+1, path[i]))
		to := st.State
		for _, change := range changes(sp, &at, &to) {
			lines = append(lines, "        "+change)
		}
		at = to
	}
	if t.Lasso && t.Loop == len(t.Steps) {
		lines = append(lines, "      here it may stop for ever: nothing fair is enabled")
	}
	return lines
}

// ending says how a story ends, and whether a shorter one may exist.
func ending[S comparable](t *model.Trace[S]) string {
	verb := "violated"
	if t.Kind == model.Sometimes {
		verb = "seen"
	}
	text := fmt.Sprintf("%s after %s", verb, plural(len(t.Steps), "step"))
	if t.Lasso {
		if loop := len(t.Steps) - t.Loop; loop > 0 {
			text = fmt.Sprintf("%s by a loop of %s after %s", verb, plural(loop, "step"), plural(t.Loop, "step"))
		} else {
			text = fmt.Sprintf("%s by a run that stops after %s", verb, plural(t.Loop, "step"))
		}
	}
	if t.Short {
		return text + "; no story of it is shorter"
	}
	return text + "; a shorter story may exist"
}

// plural is a number of things.
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return grouped(n) + " " + what + "s"
}

// stateText prints a state as the spec does.
func stateText[S comparable](sp *model.Spec[S], s *S) string {
	if sp.Format != nil {
		return sp.Format(s)
	}
	return fmt.Sprintf("%+v", *s)
}

// changes says what a step has changed. A state that the spec prints itself is
// compared by the parts of its text, which are its lines, or what semicolons
// separate in a line: "+" marks what is new, "-" what is gone, and an arrow what
// is said anew about the same first word. Any other is compared field by field.
func changes[S comparable](sp *model.Spec[S], from, to *S) (out []string) {
	if *from == *to {
		return []string{"nothing changes"}
	}
	if sp.Format == nil {
		fieldChanges("", reflect.ValueOf(from).Elem(), reflect.ValueOf(to).Elem(), &out)
		return out
	}
	before, after := parts(sp.Format(from)), parts(sp.Format(to))
	gone := slices.DeleteFunc(slices.Clone(before), func(p string) bool { return slices.Contains(after, p) })
	for _, p := range after {
		if slices.Contains(before, p) {
			continue
		}
		was := slices.IndexFunc(gone, func(q string) bool { return subject(p) != "" && subject(q) == subject(p) })
		if was < 0 {
			out = append(out, "+ "+p)
			continue
		}
		out = append(out, "  "+gone[was]+" -> "+strings.TrimPrefix(p, subject(p)+" "))
		gone = slices.Delete(gone, was, was+1)
	}
	for _, p := range gone {
		out = append(out, "- "+p)
	}
	if len(out) == 0 {
		return []string{"what changes is not printed"}
	}
	return out
}

// subject is the first word of a part that says something about it, as in "h1
// paused".
func subject(part string) string {
	word, _, more := strings.Cut(part, " ")
	if !more {
		return ""
	}
	return word
}

// parts splits the text of a state.
func parts(text string) (out []string) {
	for _, line := range strings.Split(text, "\n") {
		for _, p := range strings.Split(line, "; ") {
			if p = strings.TrimSpace(p); p != "" {
				out = append(out, p)
			}
		}
	}
	return out
}

// fieldChanges adds "Shared 0 -> 1" for every field and element that differs.
func fieldChanges(name string, from, to reflect.Value, out *[]string) {
	if from.Equal(to) {
		return
	}
	switch from.Kind() {
	case reflect.Struct:
		for i := range from.NumField() {
			field := from.Type().Field(i).Name
			if name != "" {
				field = name + "." + field
			}
			fieldChanges(field, from.Field(i), to.Field(i), out)
		}
	case reflect.Array:
		for i := range from.Len() {
			fieldChanges(fmt.Sprintf("%s[%d]", name, i), from.Index(i), to.Index(i), out)
		}
	default:
		*out = append(*out, strings.TrimSpace(fmt.Sprintf("%s %+v -> %+v", name, from, to)))
	}
}
