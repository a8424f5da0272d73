package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/weir-dev/weir/properties"
)

// result is what weir verify says, for people and for machines. Lists are in a
// fixed order, and empty ones are empty lists. Planted is empty when the planted
// stage was not run: a collection without planted bugs is an error.
type result struct {
	Laws    []lawResult   `json:"laws"`
	Planted []plantResult `json:"planted"`
	Specs   []specResult  `json:"specs"`
	// Refuted lists the bugs in the specs, one entry for each law that such a
	// bug must break.
	Refuted []variantResult `json:"refuted"`
	// Searches tells what each strategy did that drew schedules.
	Searches []searchResult `json:"searches"`
	Seconds  float64        `json:"seconds"`
	Exit     int            `json:"exit"`

	failures    []*properties.Failure
	broken      []string
	plant       string
	ranPlanted  bool
	unbuilt     bool
	plants      int
	interrupted bool
}

// report puts together what the stages found.
func (v *verification) report(ctx context.Context) result {
	r := result{Laws: v.book.rows(), Planted: v.planted, Specs: v.specs, Exit: v.book.exit(),
		Seconds:  math.Round(v.budget.took().Seconds()*1000) / 1000,
		failures: v.failures, broken: v.book.faults(), plant: v.plant,
		ranPlanted: v.ranPlanted, unbuilt: v.unbuilt, plants: len(v.plan.plants), interrupted: ctx.Err() != nil}
	complete := !r.interrupted && !slices.ContainsFunc(r.Planted, func(p plantResult) bool { return p.Undecided })
	r.Searches = append([]searchResult{}, v.searches...)
	r.Refuted = []variantResult{}
	for i, c := range v.plan.refuted {
		row := c.bug
		if i < len(v.variants) {
			row = v.variants[i]
		}
		complete = complete && (row.Ran || v.plant != "") // with which no model is run
		r.Refuted = append(r.Refuted, row)
	}
	// What was left out is no success.
	if r.Exit == exitHeld && !complete {
		r.Exit = exitUndecided
	}
	if r.Planted == nil {
		r.Planted = []plantResult{}
	}
	if r.Specs == nil {
		r.Specs = []specResult{}
	}
	return r
}

// prepareJSON removes the result of an earlier run, so that it is not taken
// for that of this one, and sees that a new one can be written.
func prepareJSON(command, path string) error {
	switch info, err := os.Stat(path); {
	case err != nil || info.Mode().IsRegular():
	case info.IsDir():
		return usageError{fmt.Errorf(command+": --json: %s is a directory, want a file", path)}
	default:
		return nil // a pipe or a device
	}
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return usageError{fmt.Errorf(command+": --json: %w", err)}
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return usageError{fmt.Errorf(command+": --json: %s is no directory", filepath.Dir(path))}
	}
	return nil
}

// write saves the result as JSON.
func (r result) write(path string) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o666)
}
