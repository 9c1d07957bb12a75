package packs_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"aiqyn/packs"
	"aiqyn/service"
)

// TestKeptSeatsFollowFromRegisters: a pack does not load whose brothers and sisters, or
// categories that seats are kept for, are typed by somebody; nor one that keeps seats
// in no order, for nobody, more than there are, or in a round that cannot. Each error
// names the line.
func TestKeptSeatsFollowFromRegisters(t *testing.T) {
	const file = "education.kindergarten/service.yaml"
	type change struct{ was, is, want string }
	for _, changes := range [][]change{
		{
			{`at: "has(siblings.at) ? siblings.at : []"`, `at: "[first]"`, `"first" is none`},
			{"      when: has(privileges.orphan) && (privileges.orphan || privileges.disabled || privileges.large_family)\n      percent", "      when: language == \"kk\"\n      percent", `"language" is none`},
			{"order: [tier, sibling, date, lottery]", "order: [tier, date, lottery]", "ranks nobody unless the order has it"},
			{"percent: 25", "percent: 0", "between 1 and 100"},
			{"precedence: reserves-first", "precedence: dearest-first", "want one of reserves-first, open-first"},
		},
		{
			{`at: "has(siblings.at) ? siblings.at : []"`, `at: "[\"kg-1\"]"`, "it reads no register"},
			{"order: [tier, sibling, date, lottery]", "order: [tier, date, sibling, lottery]\n  round: serial", "want tier, then sibling"},
			{"  restore:\n", "  restore:\n", "for a round of kind deferred-acceptance only"},
			{"  precedence: reserves-first\n", "", `"precedence" is missing`},
			{"      soft: true\n", "", `"soft" is missing`},
		},
		{{"  sibling:\n", "  brother: kg-1\n  sibling:\n", `"brother"`}},
	} {
		files := slices.Clone(packs.Kazakhstan())
		i := slices.IndexFunc(files, func(f service.File) bool { return strings.HasSuffix(f.Name, file) })
		for _, c := range changes {
			if !bytes.Contains(files[i].Data, []byte(c.was)) {
				t.Fatalf("the pack has no %q", c.was)
			}
			files[i].Data = bytes.Replace(files[i].Data, []byte(c.was), []byte(c.is), 1)
		}
		_, err := service.ParsePack(files)
		for _, c := range changes {
			if err == nil || !slices.ContainsFunc(strings.Split(err.Error(), "\n"), func(l string) bool { return strings.Contains(l, file+":") && strings.Contains(l, c.want) }) {
				t.Errorf("%q: want %q with its line, got %v", c.is, c.want, err)
			}
		}
	}
}
