package gatewayspec

// counts are the states and edges of each named size. A changed count is a
// changed protocol: who means it records it here.
var counts = map[string]struct{ states, edges int }{
	"small":        {3670, 13304},
	"ci":           {346768, 1724360},
	"ci-close":     {705756, 4279674},
	"ci-refuse":    {315744, 1312595},
	"ci-limit2":    {613287, 5106156},
	"ci-queue":     {134901, 916404},
	"ci-losses":    {185908, 1124782},
	"ci-drains":    {166626, 946230},
	"ci-waits":     {175608, 1306212},
	"ci-hosts3":    {300312, 1203697},
	"ci-hostile":   {344428, 1690284},
	"deep":         {4177203, 23373203},
	"deep-losses":  {2366190, 16654190},
	"deep-waits":   {5604176, 52397992},
	"deep-hosts3":  {1429671, 6800288},
	"deep-hostile": {1241346, 7411744},
}

// Recorded returns how many states and edges the size of p's name has, without
// a bug in it, as was last recorded; zeros if it never was.
func (p Params) Recorded() (states, edges int) {
	c := counts[p.Name]
	return c.states, c.edges
}
