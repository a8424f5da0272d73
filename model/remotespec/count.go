package remotespec

// counts are the states and edges of each named size. A changed count is a
// changed protocol: who means it records it here.
var counts = map[string]struct{ states, edges int }{
	"small":              {13050, 42883},
	"small-resume":       {21655, 77667},
	"ci":                 {497077, 1899278},
	"ci-sync":            {554734, 1995860},
	"ci-frames":          {719809, 2972387},
	"ci-sends":           {861361, 3066658},
	"ci-resume":          {2728225, 12380864},
	"ci-resume-time":     {1260037, 5016680},
	"ci-resume-cache":    {797269, 4181234},
	"ci-resume-memory":   {486938, 2034349},
	"ci-resume-sends":    {1287747, 4893163},
	"ci-answered":        {341316, 1731208},
	"ci-answered-resume": {2302144, 12183782},
	"ci-answered-sends":  {167095, 801753},
	"ci-close":           {225117, 1163821},
	"ci-close-resume":    {400643, 2078960},
	"deep":               {19288235, 96738871},
	"deep-resume":        {20580435, 94631835},
	"deep-resume-time":   {7706543, 38150390},
	"deep-answered":      {4335635, 23184754},
}

// Recorded returns how many states and edges the size of p's name has, without
// a bug in it, as was last recorded; zeros if it never was.
func (p Params) Recorded() (states, edges int) {
	c := counts[p.Name]
	return c.states, c.edges
}
