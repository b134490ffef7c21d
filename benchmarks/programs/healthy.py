"""The healthy programs: tasks x bodies x optimizers x schedules and habits, each a line."""

from programs.program import Program


def programs() -> tuple[Program, ...]:
    """All healthy programs, each with its own name."""
    return (*_plain(), *_optimizers(), *_habits(), *_images(), *_sequences(), *_shapes())


def _plain() -> tuple[Program, ...]:
    return (
        Program(name="digits-mlp", task="digits", rate=2e-3, epochs=18),
        Program(name="digits-logits", task="digits", logits=True, rate=2e-3, epochs=18),
        Program(name="even-digits", task="even-digits", widths=(48, 24), epochs=15, l2=3e-4),
        Program(
            name="wine-tanh", task="wine", activation="tanh", widths=(16,), batch=16, epochs=25
        ),
        Program(name="iris", task="iris", widths=(16, 8), batch=8, epochs=30),
        Program(name="cancer", task="cancer", widths=(16,), rate=2e-3, epochs=15),
        Program(name="diabetes", task="diabetes", widths=(8,), rate=5e-3, epochs=20, l2=1e-2),
        Program(name="friedman", task="friedman", widths=(48, 24), rate=3e-3, epochs=25),
        Program(name="circuit", task="circuit", widths=(32, 16), rate=4e-3, epochs=20),
        Program(name="linear", task="linear", widths=(16,), rate=1e-2, epochs=20),
        Program(name="moons", task="moons", widths=(16, 16), rate=1e-2, epochs=20),
        Program(name="circles", task="circles", widths=(16, 16), rate=1e-2, epochs=20),
        Program(name="blobs", task="blobs", widths=(16,), rate=3e-3, epochs=15),
        Program(name="groups", task="groups", widths=(48, 24), rate=2e-3, epochs=15),
        Program(name="noisy", task="noisy", widths=(16,), rate=2e-3, epochs=10),
        Program(name="labels", task="labels", widths=(24,), epochs=15),
        Program(name="counts", task="counts", widths=(8,), rate=5e-3, epochs=12),
        Program(name="own-digits", task="own-digits", widths=(48, 16, 48), rate=3e-3, epochs=25),
    )


def _optimizers() -> tuple[Program, ...]:
    base = Program(name="digits", task="digits", widths=(48,), epochs=18)
    return (
        base.edit(name="digits-sgd", optimizer="sgd", rate=0.2),
        base.edit(name="digits-momentum", optimizer="momentum", rate=0.03),
        base.edit(name="digits-nesterov-clip", optimizer="nesterov", rate=0.03, clip=1.0),
        base.edit(name="digits-adamw-cosine", optimizer="adamw", schedule="cosine", rate=5e-3),
        base.edit(name="digits-rmsprop", optimizer="rmsprop", rate=2e-3),
        base.edit(name="digits-nadam", optimizer="nadam", rate=2e-3),
        base.edit(name="digits-lion", optimizer="lion", rate=5e-4),
        base.edit(name="digits-restarts", schedule="restarts", rate=5e-3, epochs=21),
        base.edit(name="digits-warm-up", schedule="warm-up", rate=5e-3),
        base.edit(name="digits-steps", optimizer="momentum", schedule="steps", rate=0.05),
        base.edit(name="digits-exponential", schedule="exponential", rate=5e-3),
        base.edit(name="digits-on-plateau", callbacks=("on-plateau",), epochs=25),
        Program(
            name="friedman-sgd",
            task="friedman",
            widths=(32, 16),
            optimizer="momentum",
            rate=0.02,
            epochs=25,
        ),
        Program(
            name="friedman-restarts", task="friedman", schedule="restarts", rate=1e-2, epochs=28
        ),
        Program(
            name="linear-sgd", task="linear", widths=(8,), optimizer="sgd", rate=0.03, epochs=20
        ),
        Program(
            name="cancer-sgd", task="cancer", widths=(16,), optimizer="sgd", rate=0.1, epochs=20
        ),
        Program(name="blobs-adagrad", task="blobs", widths=(24,), optimizer="adagrad", rate=0.1),
        Program(name="circuit-warm-up", task="circuit", schedule="warm-up", rate=1e-2, epochs=20),
    )


def _habits() -> tuple[Program, ...]:
    digits = Program(name="digits", task="digits", widths=(64, 32), epochs=15)
    return (
        digits.edit(name="digits-batch-norm", norm="batch"),
        digits.edit(name="digits-layer-norm", norm="layer"),
        digits.edit(name="digits-dropout", dropout=0.3, epochs=20),
        digits.edit(name="digits-smoothing", one_hot=True, smoothing=0.1),
        digits.edit(name="digits-one-hot", one_hot=True, activation="gelu"),
        digits.edit(name="digits-early-stopping", callbacks=("early-stopping",), epochs=40),
        digits.edit(name="digits-big-batch", batch=128, rate=1e-2, epochs=25),
        digits.edit(name="digits-small-batch", batch=8, rate=1e-3, epochs=8),
        digits.edit(name="digits-split", validation="split", probe=False),
        digits.edit(name="digits-no-validation", validation="", probe=False),
        digits.edit(name="digits-wide", widths=(256,), rate=1e-3, epochs=15),
        digits.edit(name="digits-too-wide-but-fine", widths=(192, 192), dropout=0.3, epochs=12),
        digits.edit(name="digits-fine-tuned", frozen=1, pretrained=6, epochs=10),
        digits.edit(name="digits-top2", metrics=("accuracy", "top-2"), activation="silu"),
        digits.edit(name="digits-few-validation-rows", rows=(700, 30)),
        digits.edit(name="digits-short", rate=1e-2, epochs=6),
        digits.edit(name="digits-he-elu", start="he_normal", activation="elu"),
        Program(
            name="cancer-few-validation-rows", task="cancer", rows=(300, 25), widths=(8,), epochs=8
        ),
        Program(name="cancer-auc", task="cancer", metrics=("auc", "recall"), widths=(16,), l2=1e-3),
        Program(name="cancer-logits", task="cancer", logits=True, widths=(8,), probe=False),
        Program(name="rare-plain", task="rare", epochs=15),
        Program(name="rare-weighted", task="rare", class_weight=True, epochs=15),
        Program(name="noisy-dropout", task="noisy", widths=(32,), dropout=0.4, epochs=15),
        Program(
            name="noisy-early", task="noisy", callbacks=("early-stopping",), epochs=25, rate=1e-3
        ),
        Program(
            name="diabetes-huber", task="diabetes", loss="huber", widths=(8,), l2=1e-2, epochs=25
        ),
        Program(
            name="diabetes-few-validation-rows",
            task="diabetes",
            widths=(4,),
            rows=(260, 30),
            epochs=25,
        ),
        Program(name="friedman-mae", task="friedman", loss="mean_absolute_error", epochs=25),
        Program(
            name="friedman-r2", task="friedman", metrics=("r2", "mae"), norm="layer", epochs=25
        ),
        Program(name="friedman-not-shuffled", task="friedman", shuffle=False, epochs=25),
        Program(name="groups-dropout-norm", task="groups", norm="batch", dropout=0.2, epochs=15),
        Program(name="wine-early", task="wine", callbacks=("early-stopping",), batch=8, epochs=40),
        Program(name="labels-auc", task="labels", metrics=("auc",), dropout=0.1, epochs=15),
        Program(
            name="iris-split", task="iris", validation="split", probe=False, batch=8, epochs=25
        ),
    )


def _images() -> tuple[Program, ...]:
    images = Program(name="images", task="digit-images", body="cnn", widths=(8, 16, 32), epochs=10)
    return (
        images.edit(name="images-cnn"),
        images.edit(name="images-cnn-batch-norm", norm="batch"),
        images.edit(name="images-cnn-dropout", dropout=0.2, epochs=14),
        images.edit(name="images-cnn-momentum", optimizer="momentum", rate=0.03, epochs=12),
        images.edit(name="images-cnn-cosine", schedule="cosine", rate=6e-3),
        images.edit(name="images-cnn-fine-tuned", frozen=2, pretrained=5, epochs=8),
        images.edit(
            name="images-mean", body="cnn-mean", widths=(16, 32), norm="batch", rate=1e-2, epochs=16
        ),
    )


def _sequences() -> tuple[Program, ...]:
    return (
        Program(name="waves-lstm", task="waves", body="lstm", widths=(16,), rate=1e-2, epochs=20),
        Program(name="waves-gru", task="waves", body="gru", widths=(16,), rate=1e-2, epochs=20),
        Program(
            name="waves-both-ways",
            task="waves",
            body="both-ways",
            widths=(12,),
            rate=1e-2,
            epochs=18,
        ),
        Program(name="waves-cnn", task="waves", body="cnn-1d", widths=(16, 16), epochs=12),
        Program(
            name="forecast-lstm", task="forecast", body="lstm", widths=(16,), rate=1e-2, epochs=15
        ),
        Program(
            name="forecast-gru-clip",
            task="forecast",
            body="gru",
            widths=(16,),
            rate=1e-2,
            clip=1.0,
            epochs=15,
        ),
        Program(
            name="forecast-rnn",
            task="forecast",
            body="simple-rnn",
            widths=(16,),
            rate=5e-3,
            epochs=15,
        ),
        Program(name="topics-bag", task="topics", body="bag", widths=(16,), rate=1e-2, epochs=12),
        Program(name="topics-lstm", task="topics", body="lstm", widths=(12,), rate=1e-2, epochs=8),
        Program(
            name="sentiment-bag",
            task="sentiment",
            body="bag",
            widths=(8,),
            rate=1e-2,
            callbacks=("early-stopping",),
        ),
        Program(name="topics-cnn", task="topics", body="cnn-1d", widths=(16,), rate=5e-3, epochs=8),
        Program(
            name="topics-transformer",
            task="topics",
            body="transformer",
            widths=(16, 16),
            rate=2e-3,
            epochs=8,
        ),
        Program(
            name="waves-transformer",
            task="waves",
            body="transformer",
            widths=(16,),
            rate=3e-3,
            epochs=20,
        ),
        Program(name="tags-gru", task="tags", body="tagger", widths=(24,), rate=1e-2, epochs=12),
    )


def _shapes() -> tuple[Program, ...]:
    return (
        Program(name="digits-residual", task="digits", body="residual", widths=(32, 32, 32)),
        Program(
            name="digits-residual-norm",
            task="digits",
            body="residual",
            widths=(32,) * 4,
            norm="batch",
            schedule="cosine",
        ),
        Program(
            name="digits-deep",
            task="digits",
            widths=(48,) * 6,
            start="he_normal",
            rate=1e-3,
            epochs=20,
        ),
        Program(
            name="digits-deep-norm",
            task="digits",
            widths=(32,) * 8,
            norm="batch",
            rate=3e-3,
            epochs=18,
        ),
        Program(name="groups-selu", task="groups", activation="selu", widths=(24, 24), rate=1e-3),
        Program(
            name="moons-tanh-deep", task="moons", activation="tanh", widths=(16,) * 4, epochs=20
        ),
        Program(
            name="circles-plateau",
            task="circles",
            activation="tanh",
            widths=(12,),
            rate=3e-3,
            epochs=50,
        ),
        Program(
            name="own-digits-narrow", task="own-digits", widths=(32, 8, 32), rate=5e-3, epochs=25
        ),
        Program(
            name="friedman-wide", task="friedman", widths=(128,), rate=5e-3, l2=1e-4, epochs=25
        ),
        Program(
            name="moons-sigmoid",
            task="moons",
            activation="sigmoid",
            widths=(16,),
            rate=3e-2,
            epochs=40,
        ),
    )
