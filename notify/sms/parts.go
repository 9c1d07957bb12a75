package sms

import (
	"strings"
	"time"
)

// Concatenation says which part of which text a message is.
type Concatenation struct {
	Reference byte
	Of, Part  byte
}

// header writes the user data header of a part: its length, then the element
// "concatenated, 8-bit reference" of 3GPP TS 23.040, 9.2.3.24.1.
func (c Concatenation) header() []byte { return []byte{5, 0, 3, c.Reference, c.Of, c.Part} }

// CutHeader parts the header from the text. Elements that are not known are
// passed over; a header that is longer than the message makes it unreadable.
func CutHeader(octets []byte) (c Concatenation, text []byte, ok bool) {
	if len(octets) == 0 || int(octets[0]) >= len(octets) {
		return c, nil, false
	}
	head, text := octets[1:1+int(octets[0])], octets[1+int(octets[0]):]
	for len(head) > 0 {
		if len(head) < 2 || 2+int(head[1]) > len(head) {
			return c, nil, false
		}
		element, body := head[0], head[2:2+int(head[1])]
		head = head[2+int(head[1]):]
		switch {
		case element == 0x00 && len(body) == 3:
			c = Concatenation{body[0], body[1], body[2]}
		case element == 0x08 && len(body) == 4: // 16-bit reference; the lower half tells texts of one sender apart well enough
			c = Concatenation{body[1], body[2], body[3]}
		}
	}
	if c.Of == 0 {
		return Concatenation{}, text, true
	}
	return c, text, c.Part >= 1 && c.Part <= c.Of
}

// Assembler puts the parts of long texts together. It remembers a bounded
// number of unfinished ones, for a bounded time. It is not safe for concurrent
// use.
type Assembler struct {
	open  map[partsKey]*partial
	order []partsKey
}

type partsKey struct {
	from      string
	reference byte
	of        byte
}

type partial struct {
	texts []string
	have  int
	first time.Time
}

const (
	mostOpen   = 256
	openFor    = 24 * time.Hour
	mostOpenOf = 16 // parts of a text that somebody sends us
)

// Add takes a part and returns the whole text once every part is there.
func (a *Assembler) Add(from string, c Concatenation, text string, now time.Time) (string, bool) {
	if c.Of <= 1 {
		return text, true
	}
	if c.Of > mostOpenOf || c.Part == 0 || c.Part > c.Of {
		return "", false
	}
	a.forget(now)
	key := partsKey{from, c.Reference, c.Of}
	p := a.open[key]
	if p == nil {
		p = &partial{texts: make([]string, c.Of), first: now}
		if a.open == nil {
			a.open = make(map[partsKey]*partial)
		}
		a.open[key] = p
		a.order = append(a.order, key)
	}
	if p.texts[c.Part-1] == "" {
		p.texts[c.Part-1] = text
		p.have++
	}
	if p.have < int(c.Of) {
		return "", false
	}
	a.drop(key)
	return strings.Join(p.texts, ""), true
}

// forget lets go of what has waited too long, and of the oldest when there are
// too many.
func (a *Assembler) forget(now time.Time) {
	for len(a.order) > 0 {
		p := a.open[a.order[0]]
		if len(a.order) < mostOpen && now.Sub(p.first) < openFor {
			return
		}
		a.drop(a.order[0])
	}
}

func (a *Assembler) drop(key partsKey) {
	delete(a.open, key)
	for i, k := range a.order {
		if k == key {
			a.order = append(a.order[:i], a.order[i+1:]...)
			return
		}
	}
}
