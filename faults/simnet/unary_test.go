package simnet

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// greeter is a service written by hand, with a unary method and a method of
// each other shape.
var greeter = grpc.ServiceDesc{
	ServiceName: "test.Greeter",
	Methods: []grpc.MethodDesc{{MethodName: "Greet", Handler: func(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
		in := new(wrapperspb.StringValue)
		if err := decode(in); err != nil {
			return nil, err
		}
		return greet(ctx, in.Value)
	}}},
	Streams: []grpc.StreamDesc{
		{StreamName: "Spell", ServerStreams: true, Handler: func(_ any, stream grpc.ServerStream) error {
			in := new(wrapperspb.StringValue)
			if err := stream.RecvMsg(in); err != nil {
				return err
			}
			for _, r := range in.Value {
				if err := stream.SendMsg(wrapperspb.String(string(r))); err != nil {
					return err
				}
			}
			return nil
		}},
		{StreamName: "Join", ClientStreams: true, Handler: func(_ any, stream grpc.ServerStream) error {
			var all []string
			for {
				in := new(wrapperspb.StringValue)
				if err := stream.RecvMsg(in); err != nil {
					break
				}
				all = append(all, in.Value)
			}
			return stream.SendMsg(wrapperspb.String(strings.Join(all, "+")))
		}},
	},
}

func greet(ctx context.Context, name string) (any, error) {
	if name == "" {
		return nil, status.Error(codes.InvalidArgument, "nobody to greet")
	}
	grpc.SetHeader(ctx, metadata.Pairs("h", "head"))
	grpc.SetTrailer(ctx, metadata.Pairs("t", "tail"))
	in, _ := metadata.FromIncomingContext(ctx)
	from, _ := peer.FromContext(ctx)
	return wrapperspb.String(fmt.Sprintf("hello %s %v from %v", name, in["k"], from.Addr)), nil
}

func greeting(t *testing.T, f func(n *Network, conn *Conn)) {
	synctest.Test(t, func(t *testing.T) {
		n := New(Config{})
		defer n.Close()
		n.Server("hall").RegisterService(&greeter, nil)
		conn, err := n.Dial(context.Background(), "guest", "hall")
		if err != nil {
			t.Fatal(err)
		}
		f(n, conn)
		conn.Close()
		n.Close()
		synctest.Wait()
		expectBreaches(t, n)
		for _, l := range n.Links() {
			if l.Open || l.Serving {
				t.Errorf("link is %+v after all, want it over", l)
			}
		}
	})
}

func TestUnary(t *testing.T) {
	greeting(t, func(n *Network, conn *Conn) {
		ctx := metadata.AppendToOutgoingContext(context.Background(), "k", "v")
		var header, trailer metadata.MD
		reply := new(wrapperspb.StringValue)
		if err := conn.Invoke(ctx, "/test.Greeter/Greet", wrapperspb.String("ann"), reply, grpc.Header(&header), grpc.Trailer(&trailer)); err != nil {
			t.Fatal(err)
		}
		if want := "hello ann [v] from guest"; reply.Value != want {
			t.Errorf("reply %q, want %q", reply.Value, want)
		}
		if fmt.Sprint(header["h"], trailer["t"]) != "[head] [tail]" {
			t.Errorf("header %v, trailer %v, want h and t", header, trailer)
		}
		err := conn.Invoke(ctx, "/test.Greeter/Greet", wrapperspb.String(""), reply)
		expectCode(t, "call that fails", err, codes.InvalidArgument)
		err = conn.Invoke(ctx, "/test.Greeter/Leave", wrapperspb.String(""), reply)
		expectCode(t, "call of an unknown method", err, codes.Unimplemented)
	})
}

func TestServerStreaming(t *testing.T) {
	greeting(t, func(n *Network, conn *Conn) {
		stream, err := conn.NewStream(context.Background(), &greeter.Streams[0], "/test.Greeter/Spell")
		if err != nil {
			t.Fatal(err)
		}
		if err := stream.SendMsg(wrapperspb.String("abc")); err != nil {
			t.Fatal(err)
		}
		stream.CloseSend()
		got := ""
		for {
			m := new(wrapperspb.StringValue)
			if err := stream.RecvMsg(m); err != nil {
				break
			}
			got += m.Value
		}
		if got != "abc" {
			t.Errorf("spelled %q, want abc", got)
		}
	})
}

func TestClientStreaming(t *testing.T) {
	greeting(t, func(n *Network, conn *Conn) {
		stream, err := conn.NewStream(context.Background(), &greeter.Streams[1], "/test.Greeter/Join")
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{"a", "b", "c"} {
			stream.SendMsg(wrapperspb.String(s))
		}
		stream.CloseSend()
		m := new(wrapperspb.StringValue)
		if err := stream.RecvMsg(m); err != nil || m.Value != "a+b+c" {
			t.Errorf("joined %q, %v, want a+b+c", m.Value, err)
		}
	})
}

func TestSizes(t *testing.T) {
	greeting(t, func(n *Network, conn *Conn) {
		reply := new(wrapperspb.StringValue)
		long := wrapperspb.String(strings.Repeat("x", recvMaxDefault))
		err := conn.Invoke(context.Background(), "/test.Greeter/Greet", long, reply)
		expectCode(t, "message that the server can't receive", err, codes.ResourceExhausted)
		err = conn.Invoke(context.Background(), "/test.Greeter/Greet", wrapperspb.String("ann"), reply, grpc.MaxCallRecvMsgSize(3))
		expectCode(t, "reply that the client can't receive", err, codes.ResourceExhausted)
		err = conn.Invoke(context.Background(), "/test.Greeter/Greet", wrapperspb.String("ann"), reply, grpc.MaxCallSendMsgSize(3))
		expectCode(t, "message that the client can't send", err, codes.ResourceExhausted)
		err = conn.Invoke(context.Background(), "/test.Greeter/Greet", "no message", reply)
		expectCode(t, "what is no message", err, codes.Internal)
	})
}

// plain is a codec of its own for strings.
type plainCodec struct{}

func (plainCodec) Marshal(v any) ([]byte, error)      { return json.Marshal(v) }
func (plainCodec) Unmarshal(data []byte, v any) error { return json.Unmarshal(data, v) }
func (plainCodec) Name() string                       { return "plain" }

func TestCodecOfTheCall(t *testing.T) {
	greeting(t, func(n *Network, conn *Conn) {
		reply := new(wrapperspb.StringValue)
		err := conn.Invoke(context.Background(), "/test.Greeter/Greet", wrapperspb.String("ann"), reply, grpc.ForceCodec(plainCodec{}))
		if err != nil || !strings.HasPrefix(reply.Value, "hello ann") {
			t.Errorf("reply %q, %v, want a greeting", reply.Value, err)
		}
		err = conn.Invoke(context.Background(), "/test.Greeter/Greet", wrapperspb.String("ann"), reply, grpc.CallContentSubtype("unheard"))
		expectCode(t, "codec that nobody registered", err, codes.Internal)
	})
}
