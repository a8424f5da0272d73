package leak

import "time"

// SetPatience replaces Patience.
func SetPatience(d time.Duration) { patience = d }
