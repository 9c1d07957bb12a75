package ledger

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"aiqyn"

	"golang.org/x/mod/sumdb/note"
)

const (
	maxPolicy      = 256 << 10 // bytes
	maxPolicyLines = 4096
	quorumNone     = "none"
)

// PolicyLog is a log that a policy accepts.
type PolicyLog struct {
	Key *Key
	URL string // may be empty
}

// PolicyWitness is a witness that a policy knows.
type PolicyWitness struct {
	Name string // within the policy
	Key  *Key
	URL  string // may be empty
}

// Policy tells which logs are accepted and which witnesses suffice
// (c2sp.org/tlog-policy). As text:
//
//	log <vkey> [<url>]
//	witness X1 <vkey> [<url>]
//	witness X2 <vkey> [<url>]
//	group X any X1 X2
//	quorum X
type Policy struct {
	Logs      []PolicyLog
	Witnesses []PolicyWitness
	groups    []group
	quorum    string
}

// group is met when enough of its members are. Members are groups and
// witnesses named on earlier lines.
type group struct {
	name      string
	threshold int
	members   []string
}

// ParsePolicy parses a policy's text. The error names the line.
func ParsePolicy(data []byte) (*Policy, error) {
	if len(data) > maxPolicy {
		return nil, aiqyn.E(aiqyn.TooLarge, "error.policy-too-large", "limit", maxPolicy)
	}
	p := policyParser{policy: &Policy{}, names: map[string]bool{}, member: map[string]bool{}, keys: map[string]bool{}}
	line, err := p.parse(string(data))
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.policy-line", "line", line).Because(err)
	}
	return p.policy, nil
}

type policyParser struct {
	policy *Policy
	names  map[string]bool // witnesses and groups defined so far
	member map[string]bool // those that are already in a group
	keys   map[string]bool // public keys, by use
}

// parse returns the number of the line that it failed on.
func (p *policyParser) parse(text string) (line int, err error) {
	for line = 1; text != ""; line++ {
		content, rest, ended := strings.Cut(text, "\n")
		if !ended {
			return line, errors.New("line does not end in a newline")
		}
		if line > maxPolicyLines {
			return line, fmt.Errorf("more than %d lines", maxPolicyLines)
		}
		if i := strings.IndexFunc(content, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }); i >= 0 {
			return line, fmt.Errorf("control character at column %d", i+1)
		}
		words := strings.FieldsFunc(content, func(r rune) bool { return r == ' ' || r == '\t' })
		if len(words) > 0 && !strings.HasPrefix(words[0], "#") {
			if err := p.define(words[0], words[1:]); err != nil {
				return line, err
			}
		}
		text = rest
	}
	if p.policy.quorum == "" {
		return line, errors.New("no quorum line")
	}
	return 0, nil
}

func (p *policyParser) define(keyword string, words []string) error {
	switch keyword {
	case "log":
		return p.log(words)
	case "witness":
		return p.witness(words)
	case "group":
		return p.group(words)
	case "quorum":
		return p.quorum(words)
	}
	return fmt.Errorf("unknown keyword %.40q", keyword)
}

func (p *policyParser) log(words []string) error {
	if len(words) < 1 || len(words) > 2 {
		return errors.New("want: log <vkey> [<url>]")
	}
	k, err := p.key(words[0], false)
	if err != nil {
		return err
	}
	p.policy.Logs = append(p.policy.Logs, PolicyLog{k, optional(words, 1)})
	return nil
}

func (p *policyParser) witness(words []string) error {
	if len(words) < 2 || len(words) > 3 {
		return errors.New("want: witness <name> <vkey> [<url>]")
	}
	if err := p.name(words[0]); err != nil {
		return err
	}
	k, err := p.key(words[1], true)
	if err != nil {
		return err
	}
	p.policy.Witnesses = append(p.policy.Witnesses, PolicyWitness{words[0], k, optional(words, 2)})
	return nil
}

func (p *policyParser) group(words []string) error {
	if len(words) < 3 {
		return errors.New("want: group <name> all|any|<k> <name>…")
	}
	g := group{name: words[0], members: words[2:]}
	for _, m := range g.members {
		if !p.names[m] {
			return fmt.Errorf("%q is not defined above", m)
		}
		if p.member[m] {
			return fmt.Errorf("%q is already a member of a group", m)
		}
		p.member[m] = true
	}
	switch words[1] {
	case "any":
		g.threshold = 1
	case "all":
		g.threshold = len(g.members)
	default:
		k, ok := parseDecimal(words[1])
		if !ok || k < 1 || k > int64(len(g.members)) {
			return fmt.Errorf("threshold %.20q is not between 1 and %d", words[1], len(g.members))
		}
		g.threshold = int(k)
	}
	p.policy.groups = append(p.policy.groups, g)
	return p.name(g.name)
}

func (p *policyParser) quorum(words []string) error {
	switch {
	case len(words) != 1:
		return errors.New("want: quorum <name>")
	case p.policy.quorum != "":
		return errors.New("second quorum line")
	case words[0] != quorumNone && !p.names[words[0]]:
		return fmt.Errorf("%q is not defined above", words[0])
	}
	p.policy.quorum = words[0]
	return nil
}

func (p *policyParser) name(name string) error {
	if name == quorumNone || p.names[name] {
		return fmt.Errorf("name %q is taken", name)
	}
	p.names[name] = true
	return nil
}

// key refuses a public key that was already used for the same purpose, even
// under another name: it would count twice.
func (p *policyParser) key(vkey string, cosigns bool) (*Key, error) {
	k, err := ParseKey(vkey)
	if err != nil {
		return nil, err
	}
	if k.Cosigns() != cosigns {
		return nil, errors.New("a log needs a key of type 1, a witness one of type 4")
	}
	id := string(k.alg) + string(k.public)
	if p.keys[id] {
		return nil, fmt.Errorf("key of %s is listed twice", k.Name())
	}
	p.keys[id] = true
	return k, nil
}

func optional(words []string, i int) string {
	if i < len(words) {
		return words[i]
	}
	return ""
}

// String returns the policy's text, without comments.
func (p *Policy) String() string {
	var b strings.Builder
	line := func(words ...string) {
		b.WriteString(strings.TrimRight(strings.Join(words, " "), " ") + "\n")
	}
	for _, l := range p.Logs {
		line("log", l.Key.String(), l.URL)
	}
	for _, w := range p.Witnesses {
		line("witness", w.Name, w.Key.String(), w.URL)
	}
	for _, g := range p.groups {
		line(append([]string{"group", g.name, strconv.Itoa(g.threshold)}, g.members...)...)
	}
	line("quorum", p.quorum)
	return b.String()
}

// NeedsWitnesses reports whether any cosignature is asked for at all.
func (p *Policy) NeedsWitnesses() bool { return p.quorum != quorumNone }

// Needs returns the fewest witnesses that can meet the quorum. Which ones
// suffice is for [Policy.Satisfied]: groups within groups may ask for more.
func (p *Policy) Needs() int {
	fewest := make(map[string]int, len(p.Witnesses)+len(p.groups))
	for _, w := range p.Witnesses {
		fewest[w.Name] = 1
	}
	for _, g := range p.groups { // members stand before their group
		of := make([]int, len(g.members))
		for i, m := range g.members {
			of[i] = fewest[m]
		}
		slices.Sort(of)
		for _, n := range of[:g.threshold] {
			fewest[g.name] += n
		}
	}
	return fewest[p.quorum]
}

// LogKeys returns the keys of the logs.
func (p *Policy) LogKeys() []note.Verifier {
	keys := make([]note.Verifier, len(p.Logs))
	for i, l := range p.Logs {
		keys[i] = l.Key
	}
	return keys
}

// WitnessKeys returns the keys of the witnesses.
func (p *Policy) WitnessKeys() []note.Verifier {
	keys := make([]note.Verifier, len(p.Witnesses))
	for i, w := range p.Witnesses {
		keys[i] = w.Key
	}
	return keys
}

// Satisfied reports whether the verified signatures meet the quorum.
func (p *Policy) Satisfied(sigs []Signature) bool {
	met := make(map[string]bool, len(p.Witnesses)+len(p.groups))
	for _, w := range p.Witnesses {
		met[w.Name] = slices.ContainsFunc(sigs, func(s Signature) bool {
			return s.Name == w.Key.Name() && s.KeyHash == w.Key.KeyHash()
		})
	}
	for _, g := range p.groups { // members stand before their group
		n := 0
		for _, m := range g.members {
			if met[m] {
				n++
			}
		}
		met[g.name] = n >= g.threshold
	}
	return p.quorum == quorumNone || met[p.quorum]
}
