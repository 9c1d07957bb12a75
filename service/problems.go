package service

import (
	"cmp"
	"fmt"
	"slices"

	"aiqyn/deadline"
)

// ParseError is one thing wrong in a pack: "file:line: message".
type ParseError = deadline.ParseError

// ParseErrors is everything wrong in a pack, by file and line: whoever writes
// one wants to hear of all of it at once.
type ParseErrors = deadline.ParseErrors

// problems gathers what is wrong.
type problems struct {
	list ParseErrors
}

// maxProblems bounds what a hostile file can make us remember.
const maxProblems = 1000

func (p *problems) add(file string, line int, format string, args ...any) {
	if len(p.list) < maxProblems {
		p.list = append(p.list, &ParseError{File: file, Line: max(line, 1), Message: fmt.Sprintf(format, args...)})
	}
}

// count tells how much was wrong so far. What follows from an earlier mistake
// is not worth a complaint of its own, so some checks wait until there is none.
func (p *problems) count() int { return len(p.list) }

// err returns the list in order and without repetitions, or nil.
func (p *problems) err() error {
	if len(p.list) == 0 {
		return nil
	}
	slices.SortStableFunc(p.list, compareProblems)
	p.list = slices.CompactFunc(p.list, func(a, b *ParseError) bool { return *a == *b })
	return p.list
}

func compareProblems(a, b *ParseError) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
}
