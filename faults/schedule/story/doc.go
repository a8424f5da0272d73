// Package story tells what happened in a run of package faults/schedule: step
// by step, as a sequence diagram, as a timeline, and, where goroutines are left,
// what each waits for, who could have ended the wait, and why nobody will.
//
// A run that failed is repeated with a [Recorder]; runs that nobody tells pay
// nothing:
//
//	rec := story.NewRecorder()
//	s, err := schedule.New(schedule.Config{Chooser: schedule.NewList(choices), Trace: rec.Trace})
//	if err != nil {
//		return err
//	}
//	defer s.Teardown()
//	s.Go("test", body)
//	s.Run(ended, time.Hour)
//	told := rec.End(s)
//	fmt.Print(told.Text(story.Layout{}), told.Explain())
//	os.WriteFile("story.json", told.Perfetto(story.StepTime), 0o666)
//
// The invariant: a [Story] is data that depends on nothing but the choices of
// the run and the code. It holds no addresses and no goroutine numbers, so that
// the same run gives the same text.
//
// It refuses to guess. What a goroutine does outside of points and shims isn't
// seen: that a timer, a context or unwoven code could end a wait is not known,
// and a task that waits at a seam has nobody who could wake it. Fields, plain
// variables and the length of a channel are not told; values are, where they
// pass a channel.
//
// # Words
//
// A place is a line of the code under test: the innermost call outside of the
// scheduler and the shims. A use is what a goroutine does with an object, at a
// point or without one, as an unlock. A wake is what let a goroutine go on. A
// turn is what one goroutine does before another one goes on.
package story
