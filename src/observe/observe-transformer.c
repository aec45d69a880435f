#include "config.h"

#include "observe/state.h"

void
cst__observe_transformer(const cst__sink_t *sink, const cst_io_checkpoint_t checkpoint,
                         const cst__model_t model)
{
    (void) sink;
    (void) checkpoint;
    (void) model;
}
