"""Headers → differences: which are compared (`profiles`), what their values mean (`readings`), cookies."""
