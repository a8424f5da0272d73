package gatewayspec

// Unstated is a law of the catalogue that no size states.
type Unstated struct {
	// Law is its slug, Why the reason in one clause.
	Law, Why string
}

// NotStated returns the laws of the catalogue that no size states.
func NotStated() []Unstated {
	return []Unstated{
		{"gateway/no-needless-failure", "a model ends a Do by the very step that is the cause, and knows of no error"},
		{"gateway/no-idle-write", "that no write is enabled is what at rest means in a model, so that it would say nothing there"},
		{"gateway/linearizable", "it is about calls that overlap in time, and a step here takes none: package linear judges histories by the same Counts"},
		{"gateway/no-crash", "no step of a model panics, hangs or races"},
	}
}
