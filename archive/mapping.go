// Package archive reads tables that other systems write: what a former system
// has left, a table of cases with a mapping that says which column means what,
// and what meters have counted. It decides nothing: what a row means is checked
// by the engine, and what is imported stays unproven.
package archive

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"aiqyn"
)

// Mapping says what the columns of a table mean. It looks like this:
//
//	source: old-portal              # names the former system
//	service: energy.connection
//	number:    {column: Number}     # a case's own number there: imported once
//	applicant: {column: IIN}
//	filed:     {column: Filed, date: DD.MM.YYYY}
//	decided:   {column: Decided, date: DD.MM.YYYY}
//	outcome:   {column: Result, values: {issued: granted, declined: refused}}
//	lang:      {is: kk}
//	agent:     {column: Agent}      # who applied for the applicant
//	reason:    {column: Why, values: {no power: no-capacity}}
//	node:      {column: TP}         # transformer that it was about
//	answers:
//	  parcel: {column: Parcel}
//	  load:   {column: kW}
//	sheet: Cases                    # of an XLSX; the first if left out
//	delimiter: ";"                  # of a CSV; a comma if left out
//
// A mapping of a queue says, instead of filed, decided, outcome, agent, reason and
// node, since when somebody waits:
//
//	since: {column: Queued, date: DD.MM.YYYY}
//	time:  {column: At}             # HH:MM or HH:MM:SS, if the queue was kept to the minute
//	state: {column: Status, values: {active: waiting, enrolled: placed}}
type Mapping struct {
	Source    string            `yaml:"source"`
	Service   aiqyn.ServiceID   `yaml:"service"`
	Number    *Column           `yaml:"number"`
	Applicant *Column           `yaml:"applicant"`
	Filed     *Column           `yaml:"filed"`
	Decided   *Column           `yaml:"decided"`
	Outcome   *Column           `yaml:"outcome"`
	Lang      *Column           `yaml:"lang"`
	Agent     *Column           `yaml:"agent"`
	Reason    *Column           `yaml:"reason"`
	Node      *Column           `yaml:"node"`
	Since     *Column           `yaml:"since"`
	Time      *Column           `yaml:"time"`
	State     *Column           `yaml:"state"`
	Answers   map[string]Column `yaml:"answers"`
	Sheet     string            `yaml:"sheet"`
	Delimiter string            `yaml:"delimiter"`
}

// Column is where a value comes from: a column, or the same for all.
type Column struct {
	Column string            `yaml:"column"`
	Is     string            `yaml:"is"`
	Date   string            `yaml:"date"`   // how a date is written: DD.MM.YYYY
	Values map[string]string `yaml:"values"` // what its words mean here
}

// maxMapping is the largest mapping, in bytes.
const maxMapping = 64 << 10

// layouts are the ways to write a date.
var layouts = map[string]string{
	"YYYY-MM-DD": "2006-01-02", "DD.MM.YYYY": "02.01.2006", "DD/MM/YYYY": "02/01/2006", "YYYYMMDD": "20060102",
}

// ParseMapping reads a mapping strictly: a word that it does not know is an error.
func ParseMapping(data []byte) (*Mapping, error) {
	if len(data) > maxMapping {
		return nil, aiqyn.E(aiqyn.TooLarge, "error.import-mapping", "why", "64 KiB")
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	var m Mapping
	if err := d.Decode(&m); err != nil {
		return nil, wrongMapping(err.Error())
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, wrongMapping("---")
	}
	return &m, m.check()
}

func wrongMapping(why string) error {
	return aiqyn.E(aiqyn.Invalid, "error.import-mapping", "why", why)
}

// check holds that a mapping says everything, once.
func (m *Mapping) check() error {
	switch {
	case m.Source == "" || len(m.Source) > 100 || strings.ContainsAny(m.Source, "/\n"):
		return wrongMapping("source")
	case m.Service == "":
		return wrongMapping("service")
	case len(m.Delimiter) > 1 || strings.ContainsAny(m.Delimiter, "\"\r\n"):
		return wrongMapping("delimiter")
	case m.Number == nil || m.Number.Column == "":
		return wrongMapping("number")
	case m.mixed():
		return wrongMapping("since")
	}
	for _, f := range m.fields() {
		switch {
		case f.column == nil && f.needed:
			return wrongMapping(f.name)
		case f.column == nil:
		case (f.column.Column == "") == (f.column.Is == ""):
			return wrongMapping(f.name + ": column, is")
		case f.date && f.column.Column != "" && layouts[f.column.Date] == "", !f.date && f.column.Date != "":
			return wrongMapping(f.name + ": date")
		case f.column.Column == "":
			if _, err := f.constant(); err != nil {
				return wrongMapping(f.name + ": is")
			}
		}
	}
	return nil
}

// OfQueue reports whether it is a mapping of people who wait, not of closed cases.
func (m *Mapping) OfQueue() bool { return m.Since != nil }

// closedOnly are the columns of closed cases, waitsOnly those of who waits.
func (m *Mapping) closedOnly() []*Column {
	return []*Column{m.Filed, m.Decided, m.Outcome, m.Agent, m.Reason, m.Node}
}
func (m *Mapping) waitsOnly() []*Column { return []*Column{m.Since, m.Time, m.State} }

// mixed reports whether a mapping says what belongs to the other kind of table.
func (m *Mapping) mixed() bool {
	other := m.waitsOnly()
	if m.OfQueue() {
		other = m.closedOnly()
	}
	return slices.ContainsFunc(other, func(c *Column) bool { return c != nil })
}

// field is one thing that a mapping says.
type field struct {
	name         string
	column       *Column
	needed, date bool
}

// constant is what a field is for all rows. A date is written as the mapping
// says, or with the year first.
func (f *field) constant() (string, *aiqyn.Error) {
	if !f.date {
		return f.column.Is, nil
	}
	return date(f.column.Is, cmp.Or(f.column.Date, "YYYY-MM-DD"), NoSerial)
}

// fields are those of a mapping, answers in the order of their names.
func (m *Mapping) fields() []field {
	list := []field{{"number", m.Number, true, false}, {"applicant", m.Applicant, true, false}, {"lang", m.Lang, false, false}}
	if m.OfQueue() {
		list = append(list, field{"since", m.Since, true, true}, field{"time", m.Time, false, false}, field{"state", m.State, false, false})
	} else {
		list = append(list, field{"filed", m.Filed, true, true}, field{"decided", m.Decided, true, true}, field{"outcome", m.Outcome, true, false},
			field{"agent", m.Agent, false, false}, field{"reason", m.Reason, false, false}, field{"node", m.Node, false, false})
	}
	for _, name := range slices.Sorted(maps.Keys(m.Answers)) {
		c := m.Answers[name]
		list = append(list, field{name: answerPrefix + name, column: &c, date: c.Date != ""})
	}
	return list
}

const answerPrefix = "answers."
