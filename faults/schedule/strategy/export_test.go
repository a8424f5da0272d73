package strategy

// Turn is the name of the member of a Portfolio whose schedule is running.
func Turn(s Strategy) string { return s.(*portfolio).turn.Report()[0].Name }
