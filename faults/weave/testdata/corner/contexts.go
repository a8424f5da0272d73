package corner

import (
	"context"
	"errors"
	"fmt"
	"time"
)

type key2 struct{}

type carrier struct {
	context.Context
	name string
}

// louder has an Err of its own, over that of the context inside.
type louder struct{ context.Context }

func (l louder) Err() error {
	if err := l.Context.Err(); err != nil {
		return fmt.Errorf("loud %w", err)
	}
	return nil
}

type extended interface {
	context.Context
	Name() string
}

func (c carrier) Name() string { return c.name }

func over[C context.Context](c C) bool { return c.Err() != nil }

func isDone(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return true
	default:
		return false
	}
}

var errCause = errors.New("the cause")

// contexts has the ways in which contexts end, and who sees it.
func contexts(p func(...any)) {
	background := context.Background()
	p(background.Done() == nil, background.Err(), context.Cause(background))
	ctx, cancel := context.WithCancel(background)
	p("open", ctx.Err(), context.Cause(ctx), isDone(ctx))
	child, cancelChild := context.WithCancel(context.WithValue(ctx, key2{}, "v"))
	without := context.WithoutCancel(child)
	cancel()
	cancel()
	p("cancelled", ctx.Err(), child.Err(), context.Cause(child), child.Value(key2{}), isDone(child))
	p("without", without.Err(), without.Value(key2{}), without.Done() == nil)
	cancelChild()
	// causes
	caused, because := context.WithCancelCause(background)
	below, stop := context.WithTimeout(caused, time.Hour)
	because(errCause)
	because(errors.New("too late"))
	stop()
	p("cause", caused.Err(), context.Cause(caused), below.Err(), context.Cause(below))
	nilCause, because := context.WithCancelCause(background)
	because(nil)
	p(context.Cause(nilCause))
	// deadlines
	late, stop := context.WithTimeoutCause(background, time.Millisecond, errCause)
	defer stop()
	under, stopUnder := context.WithCancel(late)
	defer stopUnder()
	<-under.Done()
	p("timeout", late.Err(), context.Cause(late), under.Err(), context.Cause(under), errors.Is(under.Err(), context.DeadlineExceeded))
	stop()
	p(late.Err())
	at := time.Now().Add(time.Hour)
	long, stop := context.WithDeadline(background, at)
	defer stop()
	when, ok := long.Deadline()
	shorter, stop2 := context.WithTimeout(long, 2*time.Hour)
	when2, _ := shorter.Deadline()
	p("deadline", when.Equal(at), ok, when2.Equal(at), long.Err())
	stop2()
	p(shorter.Err(), long.Err())
	past, stop3 := context.WithDeadline(background, time.Now().Add(-time.Second))
	defer stop3()
	p("past", past.Err(), isDone(past))
	soon, stop4 := context.WithDeadlineCause(long, time.Now().Add(time.Millisecond), errCause)
	defer stop4()
	select {
	case <-soon.Done():
		p(context.Cause(soon), long.Err())
	case <-long.Done():
	}
	func() {
		defer func() { p(recover()) }()
		var none context.Context
		_, stop := context.WithCancel(none)
		stop()
	}()
	// who embeds one
	inner, halt := context.WithCancel(background)
	c := carrier{inner, "c"}
	var e extended = c
	err := c.Err
	p("embedded", c.Err(), e.Err(), over(c), over(e), over[context.Context](&c), err())
	halt()
	p(c.Err(), e.Err(), over(c), c.Context.Err(), err(), louder{c}.Err(), (&c).Err())
	sub, haltSub := context.WithCancel(louder{c})
	defer haltSub()
	<-sub.Done()
	p(sub.Err())
	var nobody context.Context
	func() {
		defer func() { p("nil", recover() != nil) }()
		_ = nobody.Err()
	}()
	// functions that run at the end
	said := make(chan string, 2)
	inner, halt = context.WithCancel(background)
	forget := context.AfterFunc(inner, func() { said <- "forgotten" })
	context.AfterFunc(inner, func() { said <- "said" })
	p("after", forget(), forget())
	halt()
	p(<-said, len(said), cap(said))
	stopped := context.AfterFunc(inner, func() { said <- "at once" })
	p(<-said, stopped())
	with := context.WithCancel
	ctx, cancel = with(background)
	defer cancel()
	func() {
		defer cancel()
		p(ctx.Err())
	}()
	p(ctx.Err())
	go cancel()
	timeout, stop5 := context.WithTimeout(background, 0)
	defer stop5()
	p(timeout.Err())
}
