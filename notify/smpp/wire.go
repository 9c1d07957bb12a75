package smpp

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// cursor reads a body from front to end. After the first fault it reads
// nothing more.
type cursor struct {
	rest   []byte
	fault  string
	status Status
}

func (c *cursor) fail(s Status, format string, args ...any) {
	if c.fault == "" {
		c.fault, c.status = fmt.Sprintf(format, args...), s
	}
	c.rest = nil
}

func (c *cursor) octet() byte {
	if len(c.rest) == 0 {
		c.fail(StatusInvalidLength, "ends too early")
		return 0
	}
	b := c.rest[0]
	c.rest = c.rest[1:]
	return b
}

func (c *cursor) octets(n int) []byte {
	if n > len(c.rest) {
		c.fail(StatusInvalidLength, "ends too early")
		return nil
	}
	b := bytes.Clone(c.rest[:n])
	c.rest = c.rest[n:]
	return b
}

// text reads a string that a zero ends, of at most size bytes with it.
func (c *cursor) text(size int) string {
	end := bytes.IndexByte(c.rest[:min(size, len(c.rest))], 0)
	if end < 0 {
		c.fail(StatusInvalidParameter, "a string of more than %d bytes", size-1)
		return ""
	}
	s := string(c.rest[:end])
	c.rest = c.rest[end+1:]
	return s
}

func (c *cursor) address() Address {
	return Address{TON: c.octet(), NPI: c.octet(), Value: c.text(21)}
}

// options reads what may follow the mandatory part: tag, length, value.
func (c *cursor) options() Options {
	var o Options
	for len(c.rest) > 0 {
		if len(c.rest) < 4 {
			c.fail(StatusInvalidOption, "an option of %d bytes", len(c.rest))
			return nil
		}
		tag, n := Tag(binary.BigEndian.Uint16(c.rest)), int(binary.BigEndian.Uint16(c.rest[2:]))
		if n > len(c.rest)-4 || len(o) == maxOptions {
			c.fail(StatusInvalidOption, "option %04x of %d bytes", uint16(tag), n)
			return nil
		}
		o = append(o, Option{tag, bytes.Clone(c.rest[4 : 4+n])})
		c.rest = c.rest[4+n:]
	}
	return o
}

// writer writes a body.
type writer struct {
	b   []byte
	err error
}

func (w *writer) octets(b ...byte) { w.b = append(w.b, b...) }

func (w *writer) text(s string, size int) {
	if len(s) >= size || bytes.IndexByte([]byte(s), 0) >= 0 {
		w.err = fmt.Errorf("smpp: a string of %d bytes does not fit %d", len(s), size-1)
		return
	}
	w.b = append(append(w.b, s...), 0)
}

func (w *writer) address(a Address) {
	w.octets(a.TON, a.NPI)
	w.text(a.Value, 21)
}

func (w *writer) options(list Options) {
	for _, o := range list {
		if len(o.Value) > MaxPDU {
			w.err = fmt.Errorf("smpp: an option of %d bytes", len(o.Value))
			return
		}
		w.b = binary.BigEndian.AppendUint16(w.b, uint16(o.Tag))
		w.b = binary.BigEndian.AppendUint16(w.b, uint16(len(o.Value)))
		w.octets(o.Value...)
	}
}

// Tag names an option.
type Tag uint16

// Options that are used.
const (
	TagPayload   Tag = 0x0424 // the text, where short_message is empty
	TagReceiptID Tag = 0x001e // the message that a receipt is about
	TagState     Tag = 0x0427 // how it ended
	TagSCVersion Tag = 0x0210
)

// Option is one optional parameter.
type Option struct {
	Tag   Tag
	Value []byte
}

// Options are the optional parameters of a unit, in their order.
type Options []Option

// Get returns the value of an option, nil if it is not there.
func (o Options) Get(tag Tag) []byte {
	for _, one := range o {
		if one.Tag == tag {
			return one.Value
		}
	}
	return nil
}

// decode reads the body of a unit.
func (p *PDU) decode(body []byte) error {
	c := &cursor{rest: body}
	switch p.Command {
	case BindTransceiver:
		p.Bind = Bind{SystemID: c.text(16), Password: c.text(9), SystemType: c.text(13), Version: c.octet(), TON: c.octet(), NPI: c.octet(), Range: c.text(41)}
		p.Options = c.options()
	case BindResp, SubmitSMResp, DeliverSMResp:
		if len(c.rest) > 0 { // an answer that refuses may have no body
			p.ID = c.text(65)
			p.Options = c.options()
		}
	case SubmitSM, DeliverSM:
		p.Message = c.message()
		p.Options = c.options()
	case EnquireLink, EnquireLinkResp, Unbind, UnbindResp, GenericNack:
		if len(c.rest) > 0 {
			c.fail(StatusInvalidLength, "a body of %d bytes where there is none", len(c.rest))
		}
	default:
		p.Raw = bytes.Clone(body)
		return nil
	}
	if c.fault != "" {
		return &Malformed{p.Command, p.Sequence, c.status, c.fault}
	}
	return nil
}

func (c *cursor) message() Message {
	m := Message{
		ServiceType: c.text(6), Source: c.address(), Dest: c.address(),
		Class: c.octet(), Protocol: c.octet(), Priority: c.octet(), Schedule: c.text(17), Expiry: c.text(17),
		Receipt: c.octet(), Replace: c.octet(), Coding: c.octet(), Default: c.octet(),
	}
	n := int(c.octet())
	if n > maxText {
		c.fail(StatusInvalidLength, "a text of %d bytes", n)
	}
	m.Text = c.octets(n)
	return m
}

func (p PDU) encode(w *writer) {
	switch p.Command {
	case BindTransceiver:
		w.text(p.Bind.SystemID, 16)
		w.text(p.Bind.Password, 9)
		w.text(p.Bind.SystemType, 13)
		w.octets(p.Bind.Version, p.Bind.TON, p.Bind.NPI)
		w.text(p.Bind.Range, 41)
	case BindResp, SubmitSMResp, DeliverSMResp:
		w.text(p.ID, 65)
	case SubmitSM, DeliverSM:
		w.message(p.Message)
	default:
		w.octets(p.Raw...)
		return
	}
	w.options(p.Options)
}

func (w *writer) message(m Message) {
	w.text(m.ServiceType, 6)
	w.address(m.Source)
	w.address(m.Dest)
	w.octets(m.Class, m.Protocol, m.Priority)
	w.text(m.Schedule, 17)
	w.text(m.Expiry, 17)
	w.octets(m.Receipt, m.Replace, m.Coding, m.Default)
	if len(m.Text) > maxText {
		w.err = fmt.Errorf("smpp: a text of %d bytes", len(m.Text))
		return
	}
	w.octets(byte(len(m.Text)))
	w.octets(m.Text...)
}
