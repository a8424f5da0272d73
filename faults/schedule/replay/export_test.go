package replay

import "github.com/weir-dev/weir/faults/schedule"

// Follow is what chooses under the failure's constraints.
func (f *Failure) Follow(seed uint64) schedule.Chooser { return newFollower(f.plan(), seed) }
