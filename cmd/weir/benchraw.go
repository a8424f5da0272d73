package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/weir-dev/weir/protocol/remotev1"
)

// benchRaw is a loop over a stream of gRPC with no Remote in between: what there
// is to compare a series with on the same machine at the same moment. It uses the
// frames of the Remote protocol with one message in each.
type benchRaw uint8

const (
	// benchPingPong waits for each reply before the next message.
	benchPingPong benchRaw = iota
	// benchPipelined sends and receives in two goroutines.
	benchPipelined
)

var benchRaws = []benchRaw{benchPingPong, benchPipelined}

// String returns the name, as in the table.
func (b benchRaw) String() string {
	if b == benchPingPong {
		return "raw ping-pong"
	}
	return "raw pipelined"
}

// raw measures one run of a loop, in messages a second.
func (l benchLoad) raw(ctx context.Context, kind benchRaw) (rate float64, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, benchRunMax, errBenchSlow)
	defer cancel()
	host, err := listenLoopback(func(r grpc.ServiceRegistrar) { remotev1.RegisterPeerServer(r, benchEcho{}) })
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, host.stop()) }()
	conn, err := host.dial()
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	stream, err := remotev1.NewPeerClient(conn).Exchange(ctx)
	if err != nil {
		return 0, benchCause(ctx, err)
	}
	loop := benchLoop{stream: stream, payload: make([]byte, l.bytes)}
	burst := loop.pingPong
	if kind == benchPipelined {
		burst = loop.pipelined
	}
	return l.sustain(ctx, func(context.Context) error {
		if err := burst(l.messages, fail); err != nil {
			return benchCause(ctx, err)
		}
		return nil
	})
}

// benchCause returns why ctx is done, if it is, instead of the err of a stream
// that says only that it is.
func benchCause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// benchLoop is the client of a raw loop. It uses its frame again and again, so
// that what a Remote is compared with is at its best.
type benchLoop struct {
	stream  grpc.BidiStreamingClient[remotev1.PeerRequest, remotev1.PeerReply]
	payload []byte
}

// send sends n messages, and calls sent after each.
func (l benchLoop) send(n int, sent func(seq uint64) error) error {
	m := &remotev1.Message{Payload: l.payload}
	frame := &remotev1.PeerRequest{Messages: []*remotev1.Message{m}}
	for seq := range uint64(n) {
		m.Seq = seq
		if err := l.stream.Send(frame); err != nil {
			return fmt.Errorf("message %d: %w", seq, err)
		}
		if err := sent(seq); err != nil {
			return err
		}
	}
	return nil
}

// receive receives the reply to seq.
func (l benchLoop) receive(seq uint64) error {
	frame, err := l.stream.Recv()
	if err != nil {
		return fmt.Errorf("reply to message %d: %w", seq, err)
	}
	if r := frame.GetReplies(); len(r) != 1 || r[0].GetSeq() != seq || !bytes.Equal(r[0].GetPayload(), l.payload) {
		return fmt.Errorf("got the frame {%v}, want one reply, to message %d", frame, seq)
	}
	return nil
}

func (l benchLoop) pingPong(n int, _ context.CancelCauseFunc) error {
	return l.send(n, l.receive)
}

// pipelined calls fail, which ends the stream, when one of its two sides gives
// up, because the other may be waiting for it.
func (l benchLoop) pipelined(n int, fail context.CancelCauseFunc) error {
	sent := make(chan error, 1)
	go func() {
		err := l.send(n, func(uint64) error { return nil })
		// At the end of a stream only receiving tells why it ended.
		if err != nil && !errors.Is(err, io.EOF) {
			fail(err)
		}
		sent <- err
	}()
	for seq := range uint64(n) {
		if err := l.receive(seq); err != nil {
			fail(err)
			<-sent
			return err
		}
	}
	return <-sent
}

// benchEcho is the server of a raw loop.
type benchEcho struct {
	remotev1.UnimplementedPeerServer
}

// Exchange answers each frame with one that carries the same.
func (benchEcho) Exchange(stream grpc.BidiStreamingServer[remotev1.PeerRequest, remotev1.PeerReply]) error {
	r := &remotev1.Reply{}
	reply := &remotev1.PeerReply{Replies: []*remotev1.Reply{r}}
	for {
		frame, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		for _, m := range frame.GetMessages() {
			r.Seq, r.Payload = m.GetSeq(), m.GetPayload()
			if err := stream.Send(reply); err != nil {
				return err
			}
		}
	}
}

// loopback is a gRPC server on loopback TCP, with nothing set.
type loopback struct {
	server  *grpc.Server
	address string
	served  chan error
}

// listenLoopback serves what register registers.
func listenLoopback(register func(grpc.ServiceRegistrar)) (*loopback, error) {
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l := &loopback{server: grpc.NewServer(), address: lis.Addr().String(), served: make(chan error, 1)}
	register(l.server)
	go func() { l.served <- l.server.Serve(lis) }()
	return l, nil
}

// dial returns a client connection to the server.
func (l *loopback) dial() (*grpc.ClientConn, error) {
	return grpc.NewClient("passthrough:///"+l.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
}

// stop ends the server and all its connections, and returns what ended it
// before, if something did.
func (l *loopback) stop() error {
	l.server.Stop()
	err := <-l.served
	if errors.Is(err, grpc.ErrServerStopped) {
		return nil // it was stopped before it began to serve
	}
	return err
}
