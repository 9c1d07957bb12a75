package packs_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"aiqyn/packs"
	"aiqyn/service"
)

// TestPointsAreNeverTyped: a pack whose criteria read an answer, or no register, does
// not load; nor one with points that rank nobody, or quotas that its kind of round
// does not keep.
func TestPointsAreNeverTyped(t *testing.T) {
	files := slices.Clone(packs.Kazakhstan())
	i := slices.IndexFunc(files, func(f service.File) bool { return strings.HasSuffix(f.Name, "education.university-place/service.yaml") })
	for _, change := range [][2]string{
		{`"has(exam.score) ? exam.score : 0"`, `"programme == \"it\" ? 140 : 0"`}, {`"has(school.average) ? school.average : 0"`, `"49"`},
		{"criterion: certificate", "criterion: exam"}, {"order: [tier, points, lottery]", "order: [tier, date, lottery]\n  round: serial"},
	} {
		was := files[i].Data
		if files[i].Data = bytes.Replace(was, []byte(change[0]), []byte(change[1]), 1); bytes.Equal(was, files[i].Data) {
			t.Fatalf("the pack has no %q", change[0])
		}
	}
	_, err := service.ParsePack(files)
	if err == nil {
		t.Fatal("the pack is taken")
	}
	for _, want := range []string{"points come from registers", "a criterion reads a register", `"exam" is there already`, "points rank nobody", "quotas are kept by"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("nobody says %q, but %v", want, err)
		}
	}
}
