package model_test

import (
	"context"
	"fmt"

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
