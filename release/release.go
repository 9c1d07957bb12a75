// Package release opens the log to strangers without opening the people in it.
//
// A release is dated and covers whole days. It says two things about cases that
// were decided: groups of at least ten people are opened, field by field, each
// with the salt that lets anybody hold it against its leaf in the tree; of what
// remains, cases of one service, outcome and reason are counted at the end of
// the month, once ten people have come together. What is neither stays closed, and how many leaves that
// are is said.
//
// Every case is told at most once, in a group or in a count, so whatever
// somebody adds up or takes away, across one release or many, is a sum of sets
// of at least ten people.
//
//	{"closed":…,"counts":[…],"format":"aiqyn.release/4","from":"2026-11-01","groups":[…],
//	 "minimum":10,"origin":"…","size":…,"to":"2026-11-30"}
package release

import (
	"encoding/base64"
	"maps"
	"slices"

	"aiqyn/deadline"
	"aiqyn/ledger"
)

// Minimum is how many people a group or a count must have at least.
const Minimum = 10

// Format names the form of a release. FormatCases is that of releases from before
// roads were told, FormatRoads of those from before a restore cut anything off, and
// FormatCut of those that told people apart by the applicant alone. All are read for
// ever, each by its own rule, and none follows on a later one.
const (
	Format      = "aiqyn.release/4"
	FormatCut   = "aiqyn.release/3"
	FormatRoads = "aiqyn.release/2"
	FormatCases = "aiqyn.release/1"
)

// formats from the oldest.
var formats = []string{FormatCases, FormatRoads, FormatCut, Format}

// since reports whether a form is another or a later one.
func since(format, first string) bool {
	return slices.Index(formats, format) >= slices.Index(formats, first)
}

// Cuts reports whether the release must name the entry with which the log last went on
// from a backup.
func (r *Release) Cuts() bool { return since(r.Format, FormatCut) }

// Release is one dated release.
type Release struct {
	// Closed is how many of the log's first Size leaves neither this nor an
	// earlier release has opened.
	Closed int64   `json:"closed"`
	Counts []Count `json:"counts"`
	// Cut is the entry with which the log last went on from a backup; 0: it never did.
	// What was lost may have told of any case that had been filed and not been told by
	// then, so nothing is told of those any more.
	Cut     int64         `json:"cut,omitempty"`
	Format  string        `json:"format"`
	From    deadline.Date `json:"from"` // first day of which groups are opened
	Groups  []Group       `json:"groups"`
	Minimum int           `json:"minimum"`
	Origin  string        `json:"origin"` // of the log
	Running []Running     `json:"running,omitempty"`
	Size    int64         `json:"size"` // of the log at the end of the last day
	To      deadline.Date `json:"to"`   // last day
}

// Group is cases that look the same in everything that is opened of them.
type Group struct {
	Cases   []Opened          `json:"cases"`
	Decided map[string]string `json:"decided"` // fields of the leaf of the outcome
	Filed   map[string]string `json:"filed"`   // fields of the leaf of the filing
	Roads   []RoadPart        `json:"roads,omitempty"`
}

// Opened is one case of a group: its tag, which joins its two leaves.
type Opened struct {
	Case    string `json:"case"`
	Decided Leaf   `json:"decided"`
	Filed   Leaf   `json:"filed"`
}

// Leaf proves the opened fields of one leaf.
type Leaf struct {
	Closed []Base64 `json:"closed"` // commitments of the closed fields, by position
	Index  int64    `json:"index"`
	Salts  []Base64 `json:"salts"` // of the opened fields, by position
}

// Base64 is bytes in the one base64 that is accepted.
type Base64 []byte

// MarshalText implements [encoding.TextMarshaler].
func (b Base64) MarshalText() ([]byte, error) {
	return base64.StdEncoding.AppendEncode(nil, b), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (b *Base64) UnmarshalText(text []byte) (err error) {
	*b, err = base64.StdEncoding.Strict().AppendDecode(nil, text)
	return err
}

// Count is cases of one label that were decided from one day to another and
// stand in no group. It is stated, not proven: an audit of the log holds it
// against the entries.
type Count struct {
	Cases   int           `json:"cases"`
	Days    []Span        `json:"days"` // how long they took
	From    deadline.Date `json:"from"`
	Outcome string        `json:"outcome"`
	Reason  string        `json:"reason"`
	Roads   []RoadPart    `json:"roads,omitempty"`
	Service string        `json:"service"`
	To      deadline.Date `json:"to"`
}

// Span is cases that took from From to To calendar days; To −1 is without end.
type Span struct {
	Cases int `json:"cases"`
	From  int `json:"from"`
	To    int `json:"to"`
}

// Label is what cases are counted by.
type Label struct{ Service, Outcome, Reason string }

func (c *Count) label() Label { return Label{c.Service, c.Outcome, c.Reason} }

// precision is which fields of the two leaves are opened; the tag of the case
// is always among them.
type precision struct{ decided, filed []int }

// precisions from the finest. A case that has no ten like it at one is tried
// at the next.
var precisions = []precision{
	{
		decided: []int{ledger.FieldService, ledger.FieldPack, ledger.FieldBody, ledger.FieldRegion, ledger.FieldDay, ledger.FieldKind, ledger.FieldReason},
		filed:   []int{ledger.FieldService, ledger.FieldDay, ledger.FieldKind},
	},
	{
		decided: []int{ledger.FieldService, ledger.FieldDay, ledger.FieldKind, ledger.FieldReason},
		filed:   []int{ledger.FieldService, ledger.FieldDay, ledger.FieldKind},
	},
}

// named are the values of fields by the fields' names.
func named(fields []int, of *[ledger.NumFields]string) map[string]string {
	m := make(map[string]string, len(fields))
	for _, f := range fields {
		m[ledger.FieldNames[f]] = of[f]
	}
	return m
}

// State is what the releases so far have told. The zero State is before the
// first.
type State struct {
	First  deadline.Date // first day of the first release
	To     deadline.Date // last day of the last
	Size   int64         // of the log at its end
	Cut    int64         // the entry with which the log last went on from a backup
	format string        // of the last
	opened set
	told   map[Label]deadline.Date // up to which day cases of a label were counted
}

// Clone returns an independent copy.
func (s *State) Clone() *State {
	c := *s
	c.opened.bits, c.told = slices.Clone(s.opened.bits), maps.Clone(s.told)
	return &c
}

// Opened is how many leaves were opened so far.
func (s *State) Opened() int64 { return s.opened.n }

// Has reports whether a leaf was opened.
func (s *State) Has(index int64) bool { return s.opened.has(index) }

// Told is up to which day cases of a label were counted; zero: never.
func (s *State) Told(l Label) deadline.Date { return s.told[l] }

// HasTold reports whether a case was told, in a group or in a count: by the
// index and the fields of the leaf of its outcome.
func (s *State) HasTold(index int64, decided [ledger.NumFields]string) bool {
	if s.Has(index) {
		return true
	}
	told := s.Told(labelOf(&decided))
	return !told.IsZero() && decided[ledger.FieldDay] <= told.String()
}

// set is a set of indexes, a bit each.
type set struct {
	bits []uint64
	n    int64
}

func (s *set) has(i int64) bool {
	return i >= 0 && i>>6 < int64(len(s.bits)) && s.bits[i>>6]>>(i&63)&1 == 1
}

func (s *set) add(i int64) {
	for i>>6 >= int64(len(s.bits)) {
		s.bits = append(s.bits, 0)
	}
	if !s.has(i) {
		s.bits[i>>6] |= 1 << (i & 63)
		s.n++
	}
}
