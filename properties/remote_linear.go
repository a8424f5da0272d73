package properties

import (
	"context"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/weir-dev/weir/model/linear"
)

// linearTime bounds the search for a linearization of one history, in real
// time. Histories of a case are judged in far less; one that is not is
// undecided, which is red.
const linearTime = 10 * time.Second

// judgeQueue judges by what the suite saw at both ends, without any tracer,
// that the peer is a queue with losses: linearizable against linear.Queue
// (porcupine, after Lowe, "Testing for linearizability").
func (rc *remoteCase) judgeQueue(f *findings, records []Record) {
	history := queueHistory(records)
	if len(history) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), linearTime)
	defer cancel()
	rc.out.judgeLinear(f, "remote/order", len(records), linear.Judge(ctx, linear.Queue(), history))
}

// queueHistory makes the operations of a history, timed by the indices of its
// records.
func queueHistory(records []Record) []porcupine.Operation {
	var out []porcupine.Operation
	open := make(map[int]int) // id -> index in out
	for i, r := range records {
		o, at := r.Observed, int64(i)
		switch o.Kind {
		case SendCall:
			open[o.ID] = len(out)
			// Until it returns it may take effect at any time, or never.
			out = append(out, porcupine.Operation{ClientId: o.Caller, Call: at, Return: int64(len(records)),
				Input: linear.QueueOp{Do: linear.Send, Value: uint64(o.ID)}, Output: linear.QueueResult{OK: true}})
		case SendAccepted, SendRefused:
			if k, ok := open[o.ID]; ok {
				out[k].Return, out[k].Output = at, linear.QueueResult{OK: o.Kind == SendAccepted}
			}
		case HandlerCall:
			out = append(out, porcupine.Operation{ClientId: handlerClient, Call: at, Return: at,
				Input: linear.QueueOp{Do: linear.Handle, Value: uint64(o.ID)}})
		}
	}
	return out
}

// handlerClient is the row of the peer in porcupine's pictures.
const handlerClient = 100
