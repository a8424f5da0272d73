package main

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"runtime"
	"time"

	"github.com/weir-dev/weir/properties"
)

// plan is what a verification goes through.
type plan struct {
	// models must hold, refuted have bugs and must be refuted.
	models, refuted []modelCheck
	// woven and raced are the suites of each way to build.
	woven, raced []suiteRun
	plants       []plant
}

// verification is one run of weir verify.
type verification struct {
	root  string
	seed  uint64
	plant string // the only bug that is run; empty for a whole verification
	plan  plan
	// cores is how many processes are busy at a time.
	cores int
	// bugs are the planted bugs as they apply to this tree, unplanted says what
	// keeps the others from it.
	bugs      []bug
	unplanted map[string]error

	// build makes a test binary, with planted bugs beside the implementation.
	build    func(ctx context.Context, kind buildKind, bugs []bug) (built, error)
	runner   runner
	progress *progress
	budget   *budget
	book     *book

	specs    []specResult
	variants []variantResult
	planted  []plantResult
	searches []searchResult
	failures []*properties.Failure
	// violatedIn holds the protocols whose code has violated a law.
	violatedIn map[string]bool
	// unbuilt is whether the implementation can't be built.
	unbuilt bool
	// ranPlanted is whether the planted stage was run.
	ranPlanted bool
	// builds are under way until stopBuilding ends them.
	builds       map[buildKind]*building
	stopBuilding func()
}

// verifyFlags are the flags of verify.
type verifyFlags struct {
	plant, json, replay string
	deep                bool
	seed                uint64
}

// parseVerify reads the flags of verify, and makes paths absolute.
func parseVerify(args []string) (verifyFlags, error) {
	var flags verifyFlags
	f := newFlags("verify")
	f.StringVar(&flags.plant, "plant", "", "planted bug to apply")
	f.StringVar(&flags.replay, "replay", "", "case to run")
	f.StringVar(&flags.json, "json", "", "file for the result")
	f.BoolVar(&flags.deep, "deep", false, "search long")
	f.Uint64Var(&flags.seed, "seed", 1, "seed of the cases")
	if err := parse(f, args); err != nil {
		return flags, err
	}
	if flags.replay != "" && (flags.json != "" || flags.deep) {
		return flags, usageError{errors.New("verify: --replay runs one case, for which there is neither --json nor --deep")}
	}
	for _, path := range []*string{&flags.replay, &flags.json} {
		if *path == "" {
			continue
		}
		var err error
		if *path, err = filepath.Abs(*path); err != nil {
			return flags, err
		}
	}
	return flags, nil
}

// verifyCommand reads the flags of verify and runs it.
func verifyCommand(ctx context.Context, args []string, out, errs io.Writer) (code int, err error) {
	flags, err := parseVerify(args)
	if err != nil {
		return 0, err
	}
	root, err := findRoot()
	if err != nil {
		return 0, err
	}
	if flags.json != "" {
		if err := prepareJSON("verify", flags.json); err != nil {
			return 0, err
		}
	}
	s, err := newScratch(workDir(root))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.remove()) }()
	b, err := newBuilder(ctx, root, s)
	if err != nil {
		return 0, err
	}
	v := newVerification(root, flags, newProgress(errs))
	v.build, v.runner.scratch = b.build, s
	return v.command(ctx, flags, out)
}

// newVerification makes a verification of the checkout at root that is still
// to be given what builds, and where to.
func newVerification(root string, flags verifyFlags, p *progress) *verification {
	return &verification{root: root, seed: flags.seed, plant: flags.plant, cores: runtime.GOMAXPROCS(0),
		runner: runner{root: root, progress: p}, progress: p, unplanted: make(map[string]error), builds: make(map[buildKind]*building),
		budget: newBudget(flags.deep, time.Now), book: newBook(), violatedIn: make(map[string]bool),
		plan: plan{models: modelChecks(flags.deep), refuted: refutedChecks(),
			woven: wovenSuites(flags.seed, flags.deep), raced: racedSuites(flags.seed, flags.deep)}}
}

// command runs a verification, or one case, and reports.
func (v *verification) command(ctx context.Context, flags verifyFlags, out io.Writer) (int, error) {
	if err := v.prepare(); err != nil {
		return 0, err
	}
	if flags.replay != "" {
		return v.replay(ctx, flags.replay, out)
	}
	v.progress.say("weir verify --seed %d on %d cores, %s %s/%s", v.seed, v.cores, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	if v.plant != "" {
		v.runPlanted(ctx)
	} else {
		v.run(ctx)
	}
	r := v.report(ctx)
	r.print(out)
	if flags.json != "" {
		if err := r.write(flags.json); err != nil {
			return 0, err
		}
	}
	return r.Exit, nil
}

// prepare reads the planted bugs. What is wrong with one of them is for the
// report, unless it is the one that is to be run.
func (v *verification) prepare() error {
	plants, err := readPlants(v.root)
	if v.plant == "" && err != nil {
		v.book.breaks(err.Error())
	} else if err != nil {
		return err
	}
	for _, p := range plants {
		if in, err := p.apply(v.root); err != nil {
			v.unplanted[p.ID] = err
		} else {
			v.bugs = append(v.bugs, in)
		}
	}
	if v.plant != "" {
		p, err := findPlant(plants, v.plant)
		if err = errors.Join(err, v.unplanted[v.plant]); err != nil {
			return err
		}
		plants = []plant{p}
	}
	v.plan.plants = plants
	return nil
}

// run goes through the stages.
func (v *verification) run(ctx context.Context) {
	v.announce()
	v.startBuilding(ctx, woven, raced)
	defer v.stopBuilding()
	v.modelStage(ctx)
	v.codeStage(ctx)
	v.plantStage(ctx)
	v.progress.end()
	v.book.settle(v.ending(ctx))
}

// announce tells the book what will be checked.
func (v *verification) announce() {
	for _, c := range v.plan.models {
		for _, slug := range c.laws {
			v.book.expect(slug, c.title)
		}
	}
	suites := append(append([]suiteRun(nil), v.plan.woven...), v.plan.raced...)
	for _, s := range suites {
		v.book.expectSuite(s)
	}
	for _, s := range suites {
		for _, slug := range append(append([]string(nil), s.judges...), s.witnesses...) {
			v.book.expect(slug, anyCase)
		}
	}
}

// ending says why a check may not have come to its end.
func (v *verification) ending(ctx context.Context) string {
	switch {
	case ctx.Err() != nil:
		return "interrupted"
	case len(v.failures) > 0:
		return v.failures[0].Law + " was violated"
	case len(v.book.faults()) > 0:
		return "the suite broke"
	}
	return "the time was up"
}

// casesDir is where the failing cases of an implementation are kept.
func (v *verification) casesDir(in bug) string {
	return filepath.Join(workDir(v.root), "cases", in.name())
}

// foundDir takes the cases of the planted stage, which are left as they were
// found: apart from those whose replay command was printed.
func (v *verification) foundDir(in bug) string {
	return filepath.Join(workDir(v.root), "found", in.name())
}
