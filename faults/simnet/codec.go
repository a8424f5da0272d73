package simnet

import (
	"bytes"
	"fmt"

	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/protoadapt"
)

// codec turns messages into bytes and back.
type codec struct {
	name      string
	marshal   func(m any) ([]byte, error)
	unmarshal func(data []byte, m any) error
}

// touched reports whether m, which was marshalled as sent, is another message
// by now. A codec that gives other bytes each time can't tell.
func (c codec) touched(m any, sent []byte) bool {
	now, err := c.marshal(m)
	if err != nil {
		return true
	}
	if bytes.Equal(now, sent) {
		return false
	}
	again, err := c.marshal(m)
	return err == nil && bytes.Equal(now, again)
}

// protoCodec is the codec of a call that names none. It marshals maps in order,
// which grpc-go's own leaves open, so that equal messages have equal bytes.
var protoCodec = codec{
	name: "proto",
	marshal: func(m any) ([]byte, error) {
		v := messageOf(m)
		if v == nil {
			return nil, fmt.Errorf("message is a %T, want a proto.Message", m)
		}
		return proto.MarshalOptions{Deterministic: true}.Marshal(v)
	},
	unmarshal: func(data []byte, m any) error {
		v := messageOf(m)
		if v == nil {
			return fmt.Errorf("message is a %T, want a proto.Message", m)
		}
		return proto.Unmarshal(data, v)
	},
}

func messageOf(m any) proto.Message {
	switch m := m.(type) {
	case protoadapt.MessageV2:
		return m
	case protoadapt.MessageV1:
		return protoadapt.MessageV2Of(m)
	}
	return nil
}

func codecV1(c interface {
	Marshal(v any) ([]byte, error)
	Unmarshal(data []byte, v any) error
}) codec {
	return codec{marshal: c.Marshal, unmarshal: c.Unmarshal}
}

func codecV2(c encoding.CodecV2) codec {
	return codec{
		name: c.Name(),
		marshal: func(m any) ([]byte, error) {
			data, err := c.Marshal(m)
			if err != nil {
				return nil, err
			}
			defer data.Free()
			return data.Materialize(), nil
		},
		unmarshal: func(data []byte, m any) error {
			return c.Unmarshal(mem.BufferSlice{mem.SliceBuffer(data)}, m)
		},
	}
}
