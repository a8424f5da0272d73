package model_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/weir-dev/weir/model"
)

// Two clients increment a shared number without a lock, each by a read and a
// write; an increment is lost.
func Example() {
	type state struct {
		Shared uint8
		Read   [2]uint8 // what each has read
		At     [2]uint8 // 0 reads next, 1 writes next, 2 is done
	}
	const (
		read model.Action = iota
		write
	)
	done := func(s *state) bool { return s.At == [2]uint8{2, 2} }
	spec := &model.Spec[state]{
		Name:    "increment",
		Init:    []state{{}},
		Actions: []string{"read", "write"},
		Done:    done,
		Next: func(s *state, x *model.Next[state]) {
			for c := range 2 {
				switch s.At[c] {
				case 0:
					t := x.Do(read, c)
					t.Read[c], t.At[c] = s.Shared, 1
				case 1:
					t := x.Do(write, c)
					t.Shared, t.At[c] = s.Read[c]+1, 2
				}
			}
		},
		Laws: []model.Law[state]{{
			Slug:  "increment/none-lost",
			Holds: func(s *state) bool { return !done(s) || s.Shared == 2 },
		}},
	}
	result, err := model.Check(context.Background(), spec, model.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Verdict)
	fmt.Print(result.Violation)
	// Output:
	// violated
	// law      increment/none-lost
	// verdict  violated after 4 steps
	//    0  initial state
	//       {Shared:0 Read:[0 0] At:[0 0]}
	//    1  read(0)
	//       {Shared:0 Read:[0 0] At:[1 0]}
	//    2  read(1)
	//       {Shared:0 Read:[0 0] At:[1 1]}
	//    3  write(0)
	//       {Shared:1 Read:[0 0] At:[2 1]}
	//    4  write(1)
	//       {Shared:1 Read:[0 0] At:[2 2]}
}

// A sender sends until its message has come through a channel that loses some. A
// channel that only stays possible (weak) may lose them all; one that is possible
// again and again, and then taken (strong), may not. Each law has promises of its
// own.
func ExampleFair() {
	type state struct{ OnTheWay, Received bool }
	const (
		send model.Action = iota
		lose
		receive
	)
	getsThrough := func(slug string, channel model.Strength) model.Law[state] {
		return model.Law[state]{
			Slug: slug, Kind: model.Eventually,
			Holds: func(s *state) bool { return s.Received },
			Fair:  []model.Fair{{Action: send}, {Action: receive, Strength: channel}},
		}
	}
	spec := &model.Spec[state]{
		Name:    "channel",
		Init:    []state{{}},
		Actions: []string{"send", "lose", "receive"},
		Next: func(s *state, x *model.Next[state]) {
			if !s.OnTheWay && !s.Received {
				x.Do(send).OnTheWay = true
			}
			if s.OnTheWay {
				x.Do(lose).OnTheWay = false
				*x.Do(receive) = state{Received: true}
			}
		},
		Laws: []model.Law[state]{getsThrough("channel/weak", model.Weak), getsThrough("channel/strong", model.Strong)},
	}
	result, err := model.Check(context.Background(), spec, model.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range result.Verdicts {
		fmt.Println(v.Law, v.Verdict)
	}
	fmt.Print(result.Violation)
	// Output:
	// channel/weak violated
	// channel/strong held
	// law      channel/weak
	// verdict  violated by a loop of 2 steps after 0 steps
	//    0  initial state
	//       {OnTheWay:false Received:false}
	//       from here on, round for ever:
	//    1  send
	//       {OnTheWay:true Received:false}
	//    2  lose
	//       {OnTheWay:false Received:false}
}

// Five workers share two tools and differ in nothing but their number: of states
// that are the same but for names one is explored, the one in ascending order.
func ExampleSymmetry() {
	type state struct{ At [5]uint8 } // 0 waits, 1 works, 2 is done
	const (
		take model.Action = iota
		give
	)
	working := func(s *state) (n int) {
		for _, at := range s.At {
			if at == 1 {
				n++
			}
		}
		return n
	}
	var exchanges []func(*state)
	for i := range 4 {
		exchanges = append(exchanges, func(s *state) { s.At[i], s.At[i+1] = s.At[i+1], s.At[i] })
	}
	spec := &model.Spec[state]{
		Name:    "tools",
		Init:    []state{{}},
		Actions: []string{"take", "give"},
		Next: func(s *state, x *model.Next[state]) {
			for w, at := range s.At {
				if at == 0 && working(s) < 2 {
					x.Do(take, w).At[w] = 1
				}
				if at == 1 {
					x.Do(give, w).At[w] = 2
				}
			}
		},
		Done: func(s *state) bool { return s.At == [5]uint8{2, 2, 2, 2, 2} },
		Laws: []model.Law[state]{{
			Slug: "tools/two", Holds: func(s *state) bool { return working(s) <= 2 },
		}},
		Symmetry: &model.Symmetry[state]{
			Canon: func(s *state) { slices.Sort(s.At[:]) },
			Swaps: exchanges,
		},
	}
	result, err := model.Check(context.Background(), spec, model.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Verdict, "in", result.States, "states, reduced by", result.Reduced)
	// That the reduction misses nothing is tested once, in a test beside the spec.
	proof, err := model.ProveSymmetry(context.Background(), spec, model.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("they stand for", proof.OrbitSum, "of", proof.States)
	// Output:
	// held in 15 states, reduced by [symmetry]
	// they stand for 192 of 192
}

// The witness of a Sometimes law, as the shortest way there: both jugs of the
// riddle are filled, emptied and poured until one holds four litres.
func ExampleStory() {
	type state struct{ Three, Five uint8 }
	const (
		fill model.Action = iota
		empty
		pour
	)
	spec := &model.Spec[state]{
		Name:    "jugs",
		Init:    []state{{}},
		Actions: []string{"fill", "empty", "pour"},
		ArgName: func(_ model.Action, _ int, v int16) string { return fmt.Sprintf("%d litres", v) },
		Next: func(s *state, x *model.Next[state]) {
			x.Do(fill, 3).Three = 3
			x.Do(fill, 5).Five = 5
			x.Do(empty, 3).Three = 0
			x.Do(empty, 5).Five = 0
			n := min(s.Three, 5-s.Five)
			*x.Do(pour, 3) = state{s.Three - n, s.Five + n}
			n = min(s.Five, 3-s.Three)
			*x.Do(pour, 5) = state{s.Three + n, s.Five - n}
		},
		Laws: []model.Law[state]{
			{Slug: "jugs/four", Kind: model.Sometimes, Holds: func(s *state) bool { return s.Five == 4 }},
		},
	}
	story, err := model.Story(context.Background(), spec, "jugs/four", model.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, step := range story.Path() {
		fmt.Println(i+1, step)
	}
	fmt.Printf("%+v\n", story.Last())
	// Output:
	// 1 fill(5 litres)
	// 2 pour(5 litres)
	// 3 empty(3 litres)
	// 4 pour(5 litres)
	// 5 fill(5 litres)
	// 6 pour(5 litres)
	// {Three:3 Five:4}
}
