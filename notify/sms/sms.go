// Package sms cuts a text into short messages and puts it together again
// (3GPP TS 23.038 and 23.040): 160 letters of the alphabet that telephones
// have by default, or 70 of any other; a longer text travels in parts, each
// with a header that says which of how many it is.
package sms

import (
	"encoding/binary"
	"unicode/utf16"

	"aiqyn"
)

// Coding is how the letters of a message are written, as SMPP numbers it.
type Coding byte

// Codings.
const (
	GSM7 Coding = 0x00 // the default alphabet, one septet an octet: the centre packs them
	UCS2 Coding = 0x08 // two octets a letter, the higher first
)

// How many letters fit: alone, and in one of several parts.
const (
	aloneGSM7, partGSM7 = 160, 153
	aloneUCS2, partUCS2 = 70, 67
)

// MostParts is the number of parts beyond which no text is sent, whatever a
// caller allows: a header counts them in one byte.
const MostParts = 255

// Part is one short message.
type Part struct {
	Coding Coding
	Header []byte // the user data header, nil for a text of one part
	Text   []byte // in its coding
}

// Octets is what stands in a message: the header, if there is one, then the text.
func (p Part) Octets() []byte { return append(append([]byte(nil), p.Header...), p.Text...) }

// Split cuts a text into at most limit parts that carry one reference, by
// which a telephone knows that they belong together. A letter is never cut.
func Split(text string, reference byte, limit int) ([]Part, error) {
	coding, units := encode(text)
	alone, each := aloneUCS2, partUCS2
	if coding == GSM7 {
		alone, each = aloneGSM7, partGSM7
	}
	total := 0
	for _, u := range units {
		total += u.weight(coding)
	}
	if total <= alone {
		return []Part{{Coding: coding, Text: join(units)}}, nil
	}
	var parts []Part
	for len(units) > 0 {
		n, weight := 0, 0
		for n < len(units) && weight+units[n].weight(coding) <= each {
			weight += units[n].weight(coding)
			n++
		}
		parts = append(parts, Part{Coding: coding, Text: join(units[:n])})
		units = units[n:]
	}
	if len(parts) > min(limit, MostParts) {
		return nil, aiqyn.E(aiqyn.TooLarge, "error.sms-long", "parts", len(parts), "limit", limit)
	}
	for i := range parts {
		parts[i].Header = Concatenation{Reference: reference, Of: byte(len(parts)), Part: byte(i + 1)}.header()
	}
	return parts, nil
}

// Parts is how many short messages a text takes.
func Parts(text string) int {
	parts, err := Split(text, 0, MostParts)
	if err != nil {
		return MostParts + 1
	}
	return len(parts)
}

// unit is what must not be cut: one letter, in its coding.
type unit []byte

// weight is how much of a message's room a letter takes.
func (u unit) weight(c Coding) int {
	if c == UCS2 {
		return len(u) / 2
	}
	return len(u)
}

func join(units []unit) []byte {
	var all []byte
	for _, u := range units {
		all = append(all, u...)
	}
	return all
}

// encode writes a text letter by letter: in the default alphabet if that has
// them all.
func encode(text string) (Coding, []unit) {
	units := make([]unit, 0, len(text))
	for _, r := range text {
		u, ok := gsm7(r)
		if !ok {
			return UCS2, ucs2(text)
		}
		units = append(units, u)
	}
	return GSM7, units
}

func ucs2(text string) []unit {
	units := make([]unit, 0, len(text)/2)
	for _, r := range text {
		var u unit
		for _, half := range utf16.Encode([]rune{r}) { // two beyond the first plane: never cut between them
			u = binary.BigEndian.AppendUint16(u, half)
		}
		units = append(units, u)
	}
	return units
}

// Decode reads the text of a message. What is written in no known coding is
// shown as far as it is plain.
func Decode(c Coding, text []byte) string {
	switch c {
	case UCS2:
		halves := make([]uint16, 0, len(text)/2)
		for i := 0; i+1 < len(text); i += 2 {
			halves = append(halves, binary.BigEndian.Uint16(text[i:]))
		}
		return string(utf16.Decode(halves))
	case GSM7:
		return fromGSM7(text)
	}
	out := make([]rune, 0, len(text))
	for _, b := range text { // Latin 1 and 8-bit data alike
		out = append(out, rune(b))
	}
	return string(out)
}
