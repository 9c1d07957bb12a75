package ui

import (
	"strings"
	"unicode"
)

// Diff is what two versions of something do not have in common, as a table:
// what it is, how it was, how it is. What went is struck out and what came is
// underlined, word by word, and each row says in words what happened to it.
type Diff struct {
	Caption, Was, Now string // headings of the two versions
	Groups            []DiffGroup
	Empty             Empty // where nothing differs
}

// DiffGroup is the rows of one kind.
type DiffGroup struct {
	Title string
	Rows  []DiffRow
}

// DiffRow is one thing that differs.
type DiffRow struct {
	What     string
	Tag      Tag
	Was, Now []DiffPart
}

// DiffPart is a run of text; Mark is set on what the other version has not.
type DiffPart struct {
	Text string
	Mark bool
}

// DiffItem is one thing of a version: ID tells it from all others of its group,
// in both versions. What is compared with the text, unless it only names the row.
type DiffItem struct {
	Group, ID, What, Text string
	Named                 bool
}

// Compare holds two versions against each other: groups and rows stand in the
// order of the newer version, and what is gone where it was. Words are said by t.
func Compare(was, now []DiffItem, t func(key string, args ...any) string) []DiffGroup {
	type key struct{ group, id string }
	before := make(map[key]DiffItem, len(was))
	for _, i := range was {
		before[key{i.Group, i.ID}] = i
	}
	after := make(map[key]bool, len(now))
	for _, i := range now {
		after[key{i.Group, i.ID}] = true
	}
	var groups []DiffGroup
	add := func(group string, row DiffRow) {
		for i := range groups {
			if groups[i].Title == group {
				groups[i].Rows = append(groups[i].Rows, row)
				return
			}
		}
		groups = append(groups, DiffGroup{group, []DiffRow{row}})
	}
	for _, i := range now {
		old, there := before[key{i.Group, i.ID}]
		switch {
		case !there:
			add(i.Group, DiffRow{What: i.What, Tag: Tag{"good", t("ui.diff.new")}, Now: marked(i.Text)})
		case old.Text != i.Text || old.What != i.What && !i.Named:
			row := DiffRow{What: i.What, Tag: Tag{"warn", t("ui.diff.changed")}}
			row.Was, row.Now = words2(whole(old, i), whole(i, old))
			add(i.Group, row)
		}
	}
	for _, i := range was {
		if !after[key{i.Group, i.ID}] {
			add(i.Group, DiffRow{What: i.What, Tag: Tag{"bad", t("ui.diff.gone")}, Was: marked(i.Text)})
		}
	}
	return groups
}

// whole is the text of a thing, with its name before it if that is another.
func whole(i, other DiffItem) string {
	switch {
	case i.What == other.What || i.Named:
		return i.Text
	case i.Text == "":
		return i.What
	}
	if strings.HasSuffix(i.What, ".") || strings.HasSuffix(i.What, "?") {
		return i.What + " " + i.Text
	}
	return i.What + ": " + i.Text
}

func marked(text string) []DiffPart {
	if text == "" {
		return nil
	}
	return []DiffPart{{text, true}}
}

// longestDiff is how many words are compared one by one: of longer texts all
// that lies between what they begin and end with in common is marked.
const longestDiff = 600

// words2 marks what two texts do not have in common, word by word.
func words2(was, now string) (a, b []DiffPart) {
	x, y := split(was), split(now)
	head := 0
	for head < len(x) && head < len(y) && x[head] == y[head] {
		head++
	}
	tail := 0
	for tail < len(x)-head && tail < len(y)-head && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	a, b = append(a, run(x[:head], false)...), append(b, run(y[:head], false)...)
	midX, midY := x[head:len(x)-tail], y[head:len(y)-tail]
	if len(midX) <= longestDiff && len(midY) <= longestDiff {
		inX, inY := common(midX, midY)
		a, b = append(a, runs(midX, inX)...), append(b, runs(midY, inY)...)
	} else {
		a, b = append(a, run(midX, true)...), append(b, run(midY, true)...)
	}
	return append(a, run(x[len(x)-tail:], false)...), append(b, run(y[len(y)-tail:], false)...)
}

// split cuts a text into words and what stands between them.
func split(text string) []string {
	var list []string
	from, word := 0, false
	for i, r := range text {
		is := unicode.IsLetter(r) || unicode.IsDigit(r)
		if i > 0 && (is != word || !is) {
			list = append(list, text[from:i])
			from = i
		}
		word = is
	}
	if from < len(text) {
		list = append(list, text[from:])
	}
	return list
}

// common finds the longest words in common and in order, and says of each word
// whether it is among them.
func common(x, y []string) (inX, inY []bool) {
	length := make([][]int32, len(x)+1)
	for i := range length {
		length[i] = make([]int32, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if x[i] == y[j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	inX, inY = make([]bool, len(x)), make([]bool, len(y))
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] == y[j]:
			inX[i], inY[j] = true, true
			i, j = i+1, j+1
		case length[i+1][j] >= length[i][j+1]:
			i++
		default:
			j++
		}
	}
	return inX, inY
}

func run(words []string, mark bool) []DiffPart {
	if len(words) == 0 {
		return nil
	}
	return []DiffPart{{strings.Join(words, ""), mark}}
}

func runs(words []string, in []bool) (parts []DiffPart) {
	for from := 0; from < len(words); {
		to := from + 1
		for to < len(words) && in[to] == in[from] {
			to++
		}
		parts = append(parts, run(words[from:to], !in[from])...)
		from = to
	}
	return parts
}
