package smpp

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

// samples is one unit of each kind.
var samples = []PDU{
	{Command: BindTransceiver, Sequence: 1, Bind: Bind{SystemID: "aiqyn", Password: "secret", SystemType: "gov", Version: Version, TON: 1, NPI: 1, Range: "77*"}},
	{Command: BindResp, Sequence: 1, ID: "centre", Options: Options{{TagSCVersion, []byte{0x34}}}},
	{Command: SubmitSM, Sequence: 2, Message: Message{
		ServiceType: "CMT", Source: Address{5, 0, "Aiqyn"}, Dest: Address{1, 1, "77010000001"}, Class: ClassHeader, Priority: 1,
		Expiry: "000000001500000R", Receipt: WantReceipt, Coding: 8, Text: []byte{5, 0, 3, 9, 2, 1, 4, 0xd8},
	}},
	{Command: SubmitSMResp, Sequence: 2, ID: "42"},
	{Command: SubmitSMResp, Sequence: 3, Status: StatusThrottled},
	{Command: DeliverSM, Sequence: 4, Message: Message{Source: Address{1, 1, "77010000001"}, Dest: Address{0, 0, "1414"}, Text: []byte("YES 4821")}},
	{Command: DeliverSM, Sequence: 5, Message: Message{Class: ClassReceipt}, Options: Options{
		{TagReceiptID, []byte("42\x00")}, {TagState, []byte{byte(Delivered)}}, {TagPayload, []byte("x")}}},
	{Command: DeliverSMResp, Sequence: 5},
	{Command: EnquireLink, Sequence: 6}, {Command: EnquireLinkResp, Sequence: 6},
	{Command: Unbind, Sequence: 7}, {Command: UnbindResp, Sequence: 7},
	{Command: GenericNack, Sequence: 8, Status: StatusInvalidCommand},
	{Command: 0x00000021, Sequence: 9, Raw: []byte("submit_multi is not ours")},
}

func TestEachUnitComesBack(t *testing.T) {
	for _, p := range samples {
		b := wire(t, p)
		got, err := Read(bytes.NewReader(b))
		if err != nil {
			t.Errorf("command %08x: %v", uint32(p.Command), err)
			continue
		}
		if got.Message.Text == nil { // nothing and an empty text are one
			got.Message.Text = p.Message.Text
		}
		if len(p.Message.Text) == 0 {
			p.Message.Text, got.Message.Text = nil, nil
		}
		if !reflect.DeepEqual(got, p) {
			t.Errorf("command %08x:\n got %+v\nwant %+v", uint32(p.Command), got, p)
		}
		for n := range b { // cut anywhere it ends, and is no unit
			if _, err := Read(bytes.NewReader(b[:n])); !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("command %08x, %d of %d bytes: %v", uint32(p.Command), n, len(b), err)
			}
		}
	}
}

func wire(t testing.TB, p PDU) []byte {
	t.Helper()
	b, err := p.Append(nil)
	if err != nil {
		t.Fatalf("command %08x: %v", uint32(p.Command), err)
	}
	return b
}

// TestExampleOfTheStandard holds the bytes that SMPP 3.4, 3.2.3 writes out, of
// a bind_transmitter: the body of a bind_transceiver is the same.
func TestExampleOfTheStandard(t *testing.T) {
	raw, err := hex.DecodeString(strings.ReplaceAll("0000002F 00000009 00000000 00000001 534D50503354455354 00 7365637265743038 00 5355424D495431 00 50 01 01 00", " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	p, err := Read(bytes.NewReader(raw))
	want := Bind{SystemID: "SMPP3TEST", Password: "secret08", SystemType: "SUBMIT1", Version: 0x50, TON: 1, NPI: 1}
	if err != nil || p.Bind != want || p.Sequence != 1 {
		t.Fatalf("read %+v: %v", p, err)
	}
	if got := wire(t, p); !bytes.Equal(got, raw) {
		t.Errorf("written\n%x, want\n%x", got, raw)
	}
}

func TestMalformed(t *testing.T) {
	submit := wire(t, samples[2])[header:]
	for _, test := range []struct {
		name    string
		command Command
		body    []byte
		status  Status
	}{
		{"nothing in a submit", SubmitSM, nil, StatusInvalidParameter},
		{"a string without an end", SubmitSM, bytes.Repeat([]byte("a"), 100), StatusInvalidParameter},
		{"a number too long", SubmitSM, append([]byte{0, 0, 0}, strings.Repeat("7", 21)+"\x00"...), StatusInvalidParameter},
		{"a text that is not there", SubmitSM, submit[:len(submit)-3], StatusInvalidLength},
		{"half an option", SubmitSM, append(bytes.Clone(submit), 4, 0x24, 0), StatusInvalidOption},
		{"an option that is not there", SubmitSM, append(bytes.Clone(submit), 4, 0x24, 0xff, 0xff), StatusInvalidOption},
		{"too many options", SubmitSM, append(bytes.Clone(submit), make([]byte, 4*(maxOptions+1))...), StatusInvalidOption},
		{"a body where there is none", EnquireLink, []byte{1}, StatusInvalidLength},
		{"an id too long", SubmitSMResp, []byte(strings.Repeat("1", 70)), StatusInvalidParameter},
	} {
		raw, err := PDU{Command: 0x21, Sequence: 9, Raw: test.body}.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		copy(raw[4:8], []byte{byte(test.command >> 24), 0, 0, byte(test.command)})
		_, err = Read(bytes.NewReader(raw))
		var bad *Malformed
		if !errors.As(err, &bad) || bad.Status != test.status || bad.Sequence != 9 {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	for _, length := range []string{"00000000", "0000000f", "00002001", "ffffffff"} {
		raw, _ := hex.DecodeString(length + "000000040000000000000001")
		if _, err := Read(bytes.NewReader(raw)); !errors.Is(err, errFraming) {
			t.Errorf("length %s: %v", length, err)
		}
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	for name, p := range map[string]PDU{
		"a password too long": {Command: BindTransceiver, Bind: Bind{Password: "longer than 8"}},
		"a zero in a string":  {Command: BindTransceiver, Bind: Bind{SystemID: "a\x00b"}},
		"a text too long":     {Command: SubmitSM, Message: Message{Text: make([]byte, 255)}},
		"an option too long":  {Command: SubmitSM, Options: Options{{TagPayload, make([]byte, 70_000)}}},
		"a unit too long":     {Command: 0x21, Raw: make([]byte, MaxPDU)},
	} {
		if b, err := p.Append([]byte("kept")); err == nil || string(b) != "kept" {
			t.Errorf("%s: %q %v", name, b, err)
		}
	}
}

func TestReceipts(t *testing.T) {
	at := time.Date(2026, 11, 25, 10, 30, 0, 0, time.UTC)
	for _, test := range []struct {
		name string
		p    PDU
		want Receipt
		ok   bool
	}{
		{"as ours are written", PDU{Command: DeliverSM, Message: Message{Class: ClassReceipt, Text: []byte(Receipt{"77", Delivered, "000"}.Text(at, at))}}, Receipt{"77", Delivered, "000"}, true},
		{"in capitals, and what the message said", PDU{Command: DeliverSM, Message: Message{Class: ClassReceipt,
			Text: []byte("ID:ab12 SUB:001 STAT:undeliv ERR:12 TEXT:stat:DELIVRD id:9")}}, Receipt{"ab12", Undeliverable, "12"}, true},
		{"by options alone", samples[6], Receipt{ID: "42", State: Delivered}, true},
		{"of no message", PDU{Command: DeliverSM, Message: Message{Class: ClassReceipt, Text: []byte("stat:DELIVRD")}}, Receipt{}, false},
		{"of no state", PDU{Command: DeliverSM, Message: Message{Class: ClassReceipt, Text: []byte("id:1 stat:PERHAPS")}}, Receipt{}, false},
		{"an id longer than any", PDU{Command: DeliverSM, Message: Message{Class: ClassReceipt, Text: []byte("id:" + strings.Repeat("1", 65) + " stat:DELIVRD")}}, Receipt{}, false},
		{"a person's message", PDU{Command: DeliverSM, Message: Message{Text: []byte("id:1 stat:DELIVRD")}}, Receipt{}, false},
	} {
		got, ok := ReceiptOf(test.p)
		if ok != test.ok || ok && got != test.want {
			t.Errorf("%s: %+v %v", test.name, got, ok)
		}
	}
	if !Delivered.Final() || !Unknown.Final() || Enroute.Final() || Accepted.Final() {
		t.Error("which states are final")
	}
}

// malformed makes units that are wrong in every way that chance finds: bytes
// changed, cut, doubled, lengths that lie.
func malformed(n int) [][]byte {
	r := rand.New(rand.NewPCG(34, 2026))
	var valid [][]byte
	for _, p := range samples {
		b, err := p.Append(nil)
		if err != nil {
			panic(err)
		}
		valid = append(valid, b)
	}
	list := make([][]byte, n)
	for i := range list {
		b := bytes.Clone(valid[r.IntN(len(valid))])
		for range 1 + r.IntN(4) {
			switch r.IntN(6) {
			case 0: // a body changed, the length right
				b[len(b)-1-r.IntN(max(1, len(b)-header))] = byte(r.Uint32())
			case 1: // anything changed
				b[r.IntN(len(b))] ^= 1 << r.IntN(8)
			case 2: // cut, the length as it was
				b = b[:1+r.IntN(len(b))]
			case 3: // cut, the length right
				b = b[:1+r.IntN(len(b))]
				if len(b) >= 4 {
					copy(b, []byte{0, 0, byte(len(b) >> 8), byte(len(b))})
				}
			case 4: // a length that lies
				copy(b, []byte{byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32())})
			case 5: // more than there should be, the length right
				b = append(b, make([]byte, r.IntN(600))...)
				if len(b) >= 4 {
					copy(b, []byte{0, 0, byte(len(b) >> 8), byte(len(b))})
				}
			}
		}
		list[i] = b
	}
	return list
}

func FuzzRead(f *testing.F) {
	for _, p := range samples {
		f.Add(wire(f, p))
	}
	for _, b := range malformed(50) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := bytes.NewReader(raw)
		p, err := Read(r)
		if err != nil {
			return
		}
		ReceiptOf(p)
		TextOf(p)
		again, err := p.Append(nil)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		back, err := Read(bytes.NewReader(again))
		if err != nil || !reflect.DeepEqual(p, back) {
			t.Fatalf("%x\nread    %+v\nread on %+v: %v", raw, p, back, err)
		}
	})
}
