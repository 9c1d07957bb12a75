// Package smpp speaks SMPP 3.4 with a short message centre: its units on the
// wire, a client that keeps itself bound, and delivery receipts. What comes
// from the other side is outside data: every length is bounded and checked,
// and a unit that makes no sense is answered, never trusted.
//
// A session of ours is always one of a transceiver:
//
//	           dial             bind_transceiver         bound
//	closed ────────▶ connected ─────────────────▶ open ────────▶ submit_sm, deliver_sm
//	   ▲                │ refused, no answer        │ enquire_link unanswered, unbind,
//	   └────── wait ────┴──────────────────────────┘ cut, units that make no sense
package smpp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Command says what a unit is; an answer has the highest bit set.
type Command uint32

// Commands that are understood. Any other is kept as it came.
const (
	GenericNack     Command = 0x80000000
	SubmitSM        Command = 0x00000004
	SubmitSMResp    Command = 0x80000004
	DeliverSM       Command = 0x00000005
	DeliverSMResp   Command = 0x80000005
	Unbind          Command = 0x00000006
	UnbindResp      Command = 0x80000006
	BindTransceiver Command = 0x00000009
	BindResp        Command = 0x80000009
	EnquireLink     Command = 0x00000015
	EnquireLinkResp Command = 0x80000015
)

// response is the bit that an answer has and what it answers has not.
const response = 0x80000000

// IsAnswer reports whether a unit answers another.
func (c Command) IsAnswer() bool { return c&response != 0 }

// PDU is one unit on the wire. Which fields of it mean anything depends on the
// command.
type PDU struct {
	Command  Command
	Status   Status
	Sequence uint32

	Bind    Bind    // bind_transceiver
	Message Message // submit_sm, deliver_sm
	ID      string  // of the centre (bind answers) or of a message (submit and deliver answers)
	Options Options
	Raw     []byte // the body of a command that is not known
}

// Bind is how a client introduces itself.
type Bind struct {
	SystemID, Password, SystemType string
	Version                        byte
	TON, NPI                       byte
	Range                          string
}

// Version is SMPP 3.4 as a bind says it.
const Version = 0x34

// Address is a number or a name, with what kind of either it is.
type Address struct {
	TON, NPI byte
	Value    string
}

// Message is what submit_sm and deliver_sm carry.
type Message struct {
	ServiceType      string
	Source, Dest     Address
	Class            byte // esm_class: what kind of message, and whether it begins with a header
	Protocol         byte
	Priority         byte
	Schedule, Expiry string
	Receipt          byte // registered_delivery
	Replace          byte
	Coding           byte
	Default          byte
	Text             []byte // short_message, with its header
}

// Bits of [Message.Class] and [Message.Receipt].
const (
	ClassKind    = 0x3c // mask of the kind of message
	ClassReceipt = 0x04 // a delivery receipt of the centre
	ClassHeader  = 0x40 // the text begins with a user data header
	WantReceipt  = 0x01 // tell how it ended, well or badly
)

// Sizes that nobody honest exceeds. The standard's largest message, with
// everything that may stand beside it, is well below.
const (
	header     = 16
	MaxPDU     = 8 << 10
	maxText    = 254
	maxOptions = 64
)

// Malformed says that a unit came whole and makes no sense: the session can go
// on after it. Status is what the other side is told.
type Malformed struct {
	Command  Command
	Sequence uint32
	Status   Status
	What     string
}

func (m *Malformed) Error() string {
	return fmt.Sprintf("smpp: command %08x, sequence %d: %s", uint32(m.Command), m.Sequence, m.What)
}

// errFraming says that where the next unit begins is not known any more: the
// session cannot go on.
var errFraming = errors.New("smpp: length of a unit out of bounds")

// Read reads one unit. It returns a *Malformed for one that makes no sense,
// and any other error when the session is over.
func Read(r io.Reader) (PDU, error) {
	var head [header]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return PDU{}, err
	}
	length := binary.BigEndian.Uint32(head[:])
	p := PDU{
		Command: Command(binary.BigEndian.Uint32(head[4:])), Status: Status(binary.BigEndian.Uint32(head[8:])),
		Sequence: binary.BigEndian.Uint32(head[12:]),
	}
	if length < header || length > MaxPDU {
		return p, fmt.Errorf("%w: %d", errFraming, length)
	}
	body := make([]byte, length-header)
	if _, err := io.ReadFull(r, body); err != nil {
		return p, err
	}
	return p, p.decode(body)
}

// Append writes a unit behind what is there.
func (p PDU) Append(to []byte) ([]byte, error) {
	start := len(to)
	w := writer{b: append(to, make([]byte, header)...)}
	p.encode(&w)
	if w.err != nil {
		return to, w.err
	}
	size := len(w.b) - start
	if size > MaxPDU {
		return to, fmt.Errorf("smpp: a unit of %d bytes", size)
	}
	head := w.b[start:]
	binary.BigEndian.PutUint32(head, uint32(size))
	binary.BigEndian.PutUint32(head[4:], uint32(p.Command))
	binary.BigEndian.PutUint32(head[8:], uint32(p.Status))
	binary.BigEndian.PutUint32(head[12:], p.Sequence)
	return w.b, nil
}

// Answer is the unit that answers this one.
func (p PDU) Answer(s Status) PDU {
	switch p.Command {
	case SubmitSM, DeliverSM, Unbind, BindTransceiver, EnquireLink:
		return PDU{Command: p.Command | response, Status: s, Sequence: p.Sequence}
	}
	return PDU{Command: GenericNack, Status: s, Sequence: p.Sequence}
}
