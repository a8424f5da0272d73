package gateway

// budgetUnit is one reassign, in the millionths in which a budget counts:
// floating point would add ten tenths to less than one.
const budgetUnit = 1_000_000

// budget is a token bucket that bounds how much work reassigns may add: each
// accepted request earns a fraction, each reassign takes one.
type budget struct{ level, ratio, burst int64 }

func newBudget(ratio float64, burst int) budget {
	full := int64(burst) * budgetUnit
	return budget{level: full, ratio: int64(ratio*budgetUnit + 0.5), burst: full}
}

func (b *budget) earn()        { b.level = min(b.burst, b.level+b.ratio) }
func (b *budget) allows() bool { return b.level >= budgetUnit }
func (b *budget) take()        { b.level -= budgetUnit }
