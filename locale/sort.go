package locale

import (
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"aiqyn"
)

// collators keeps one pool for each language: a collator is not for use by
// several goroutines, and costs too much to make for each name.
var collators = [3]sync.Pool{
	{New: func() any { return newSorter(language.Kazakh) }},
	{New: func() any { return newSorter(language.Russian) }},
	{New: func() any { return newSorter(language.English) }},
}

type sorter struct {
	collator *collate.Collator
	buffer   collate.Buffer
}

func newSorter(tag language.Tag) *sorter { return &sorter{collator: collate.New(tag)} }

// SortKey returns bytes whose order is the order of the alphabet: ә after а,
// ё beside е. Databases sort by it, so that both engines give one order.
func SortKey(l aiqyn.Lang, s string) []byte {
	pool := &collators[index(l)]
	sorter := pool.Get().(*sorter)
	defer pool.Put(sorter)
	sorter.buffer.Reset()
	key := sorter.collator.KeyFromString(&sorter.buffer, NFC(s))
	return append([]byte(nil), key...)
}
