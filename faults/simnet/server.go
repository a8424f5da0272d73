package simnet

import (
	"fmt"
	"reflect"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

// server is what a party serves.
type server struct {
	n       *Network
	party   string
	methods map[string]method // by full name, "/service/method"
	handled int               // handlers started, to name them
}

// method is one registered method, of either kind.
type method struct {
	desc  grpc.StreamDesc
	serve func(stream *serverStream) error
}

// RegisterService implements grpc.ServiceRegistrar.
func (s *server) RegisterService(desc *grpc.ServiceDesc, impl any) {
	if impl != nil && desc.HandlerType != nil {
		want := reflect.TypeOf(desc.HandlerType).Elem()
		if got := reflect.TypeOf(impl); !got.Implements(want) {
			panic(fmt.Sprintf("simnet: service %s at %s got the implementation %v, want a %v", desc.ServiceName, s.party, got, want))
		}
	}
	s.n.mu.Lock()
	defer s.n.mu.Unlock()
	for i := range desc.Streams {
		d := desc.Streams[i]
		s.add(desc.ServiceName, d.StreamName, method{desc: d, serve: func(stream *serverStream) error {
			return d.Handler(impl, stream)
		}})
	}
	for i := range desc.Methods {
		d := desc.Methods[i]
		s.add(desc.ServiceName, d.MethodName, method{serve: func(stream *serverStream) error {
			return serveUnary(d, impl, stream)
		}})
	}
}

func (s *server) add(service, name string, m method) {
	full := "/" + service + "/" + name
	if _, twice := s.methods[full]; twice {
		panic(fmt.Sprintf("simnet: method %s is registered twice at %s", full, s.party))
	}
	s.methods[full] = m
}

func serveUnary(d grpc.MethodDesc, impl any, stream *serverStream) error {
	ctx := grpc.NewContextWithServerTransportStream(stream.Context(), unaryTransport{stream})
	reply, err := d.Handler(impl, ctx, stream.RecvMsg, nil)
	if err != nil {
		return err
	}
	return stream.SendMsg(reply)
}

// unaryTransport lets grpc.SetHeader and its like work in unary handlers.
type unaryTransport struct{ *serverStream }

// Method implements grpc.ServerTransportStream.
func (t unaryTransport) Method() string { return t.link.method }

// SetTrailer implements grpc.ServerTransportStream.
func (t unaryTransport) SetTrailer(md metadata.MD) error {
	t.serverStream.SetTrailer(md)
	return nil
}
