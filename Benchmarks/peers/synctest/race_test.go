// Races in bubbles of testing/synctest, printed like interlock-lab-bench --races prints its own.
package synctest

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A value behind a mutex: what an actor's property is in Swift.
type cell struct {
	mutex sync.Mutex
	value int
}

func (c *cell) get() int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.value
}

func (c *cell) set(value int) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.value = value
}

func together(tasks int, body func(task int)) {
	var group sync.WaitGroup
	for task := range tasks {
		group.Go(func() { body(task) })
	}
	group.Wait()
}

func lostUpdate() bool {
	counter := &cell{}
	together(2, func(int) { counter.set(counter.get() + 1) })
	return counter.get() != 2
}

func twoOwners() bool {
	file, owners := &cell{}, &cell{}
	together(2, func(int) {
		if file.get() != 0 {
			return
		}
		// A hop to another goroutine and back, as writing the file is in Swift.
		hop := make(chan struct{})
		go func() { hop <- struct{}{} }()
		<-hop
		file.set(1)
		owners.set(owners.get() + 1)
	})
	return owners.get() != 1
}

// Ten goroutines sleep 720 times each.
func sleeps() bool {
	together(10, func(task int) {
		for range 360 {
			time.Sleep(time.Duration(1+task%3) * time.Second)
			time.Sleep(9 * time.Second)
		}
	})
	return false
}

func TestRaces(t *testing.T) {
	count, err := strconv.Atoi(os.Getenv("RACES"))
	if err != nil {
		t.Fatal("RACES is to say how many bubbles are tried")
	}
	report := func(name string, tried int, goesWrong func() bool) {
		found := 0
		start := time.Now()
		for range tried {
			synctest.Test(t, func(*testing.T) {
				if goesWrong() {
					found++
				}
			})
		}
		fmt.Printf("{\"race\":%q,\"way\":\"synctest\",\"tried\":%d,\"found\":%d,\"nanoseconds\":%d}\n",
			name, tried, found, time.Since(start).Nanoseconds())
	}
	report("lost update", count, lostUpdate)
	report("check, then act", count, twoOwners)
	report("7200 sleeps", 1, sleeps)
}
