package smpp

import (
	"fmt"
	"strings"
	"time"

	"aiqyn/notify/sms"
)

// State is how a message stands with the centre.
type State byte

// States, as message_state numbers them.
const (
	Enroute       State = 1
	Delivered     State = 2
	Expired       State = 3
	Deleted       State = 4
	Undeliverable State = 5
	Accepted      State = 6
	Unknown       State = 7
	Rejected      State = 8
)

// stateWords are what receipts call them (SMPP 3.4, appendix B).
var stateWords = map[string]State{
	"ENROUTE": Enroute, "DELIVRD": Delivered, "EXPIRED": Expired, "DELETED": Deleted,
	"UNDELIV": Undeliverable, "ACCEPTD": Accepted, "UNKNOWN": Unknown, "REJECTD": Rejected,
}

func (s State) String() string {
	for word, state := range stateWords {
		if state == s {
			return word
		}
	}
	return "UNKNOWN"
}

// Final reports whether nothing more will be heard.
func (s State) Final() bool { return s != Enroute && s != Accepted && s != 0 }

// Receipt says how a message ended.
type Receipt struct {
	ID    string // as the centre named the message when it took it
	State State
	Error string // the centre's own code, "" or "000" for none
}

// ReceiptOf reads the delivery receipt that a deliver_sm carries, false if it
// is none. Options say it best; where they are missing the text does:
//
//	id:0123456789 sub:001 dlvrd:001 submit date:2611251030 done date:2611251031 stat:DELIVRD err:000 text:...
func ReceiptOf(p PDU) (Receipt, bool) {
	if p.Command != DeliverSM || p.Message.Class&ClassKind != ClassReceipt {
		return Receipt{}, false
	}
	text := string(p.Message.Text)
	if payload := p.Options.Get(TagPayload); payload != nil && text == "" {
		text = string(payload)
	}
	r := Receipt{ID: field(text, "id:"), State: stateWords[strings.ToUpper(field(text, "stat:"))], Error: field(text, "err:")}
	if id := p.Options.Get(TagReceiptID); id != nil {
		r.ID = strings.TrimRight(string(id), "\x00")
	}
	if state := p.Options.Get(TagState); len(state) == 1 && state[0] >= byte(Enroute) && state[0] <= byte(Rejected) {
		r.State = State(state[0])
	}
	return r, r.ID != "" && len(r.ID) <= 64 && r.State != 0
}

// field is the word behind a name in the text of a receipt. What the message
// itself said comes last, and must not be taken for it.
func field(text, name string) string {
	if i := strings.Index(strings.ToLower(text), "text:"); i >= 0 {
		text = text[:i]
	}
	for word := range strings.FieldsSeq(text) {
		if len(word) >= len(name) && strings.EqualFold(word[:len(name)], name) {
			return word[len(name):]
		}
	}
	return ""
}

// Text writes a receipt as a centre does.
func (r Receipt) Text(submitted, done time.Time) string {
	delivered := 0
	if r.State == Delivered {
		delivered = 1
	}
	const minute = "0601021504"
	return fmt.Sprintf("id:%s sub:001 dlvrd:%03d submit date:%s done date:%s stat:%s err:%s text:",
		r.ID, delivered, submitted.Format(minute), done.Format(minute), r.State, r.Error)
}

// TextOf is the text that a message of a person or to a person carries, and
// which part of it; false if it makes no sense.
func TextOf(p PDU) (sms.Concatenation, string, bool) {
	octets := p.Message.Text
	if payload := p.Options.Get(TagPayload); payload != nil && len(octets) == 0 {
		octets = payload
	}
	var c sms.Concatenation
	if p.Message.Class&ClassHeader != 0 {
		var ok bool
		if c, octets, ok = sms.CutHeader(octets); !ok {
			return c, "", false
		}
	}
	return c, sms.Decode(sms.Coding(p.Message.Coding), octets), true
}
