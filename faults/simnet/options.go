package simnet

import (
	"math"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
)

// recvMaxDefault is the longest message that an end of grpc-go receives unless
// it was told otherwise.
const recvMaxDefault = 4 << 20

// callOptions is what a call asked for, of what has a meaning here.
type callOptions struct {
	codec            codec
	recvMax, sendMax int
	headers          []*metadata.MD
	trailers         []*metadata.MD
	peers            []*peer.Peer
	onFinish         []func(error)
}

func readOptions(opts []grpc.CallOption) (callOptions, error) {
	c := callOptions{codec: protoCodec, recvMax: recvMaxDefault, sendMax: math.MaxInt}
	for _, o := range opts {
		switch o := o.(type) {
		case grpc.ForceCodecCallOption:
			c.codec = codecV1(o.Codec)
		case grpc.ForceCodecV2CallOption:
			c.codec = codecV2(o.CodecV2)
		case grpc.CustomCodecCallOption:
			c.codec = codecV1(o.Codec)
		case grpc.ContentSubtypeCallOption:
			codec, ok := codecNamed(o.ContentSubtype)
			if !ok {
				return c, status.Errorf(codes.Internal, "no codec registered for content-subtype %s", o.ContentSubtype)
			}
			c.codec = codec
		case grpc.MaxRecvMsgSizeCallOption:
			c.recvMax = o.MaxRecvMsgSize
		case grpc.MaxSendMsgSizeCallOption:
			c.sendMax = o.MaxSendMsgSize
		case grpc.HeaderCallOption:
			c.headers = append(c.headers, o.HeaderAddr)
		case grpc.TrailerCallOption:
			c.trailers = append(c.trailers, o.TrailerAddr)
		case grpc.PeerCallOption:
			c.peers = append(c.peers, o.PeerAddr)
		case grpc.OnFinishCallOption:
			c.onFinish = append(c.onFinish, o.OnFinish)
		}
	}
	return c, nil
}

func codecNamed(subtype string) (codec, bool) {
	if subtype == protoCodec.name {
		return protoCodec, true
	}
	if c := encoding.GetCodecV2(subtype); c != nil {
		return codecV2(c), true
	}
	if c := encoding.GetCodec(subtype); c != nil {
		return codecV1(c), true
	}
	return codec{}, false
}
