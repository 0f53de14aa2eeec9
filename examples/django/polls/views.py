"""The pages. Nothing here knows of the gateway: they ask Django who the user is, as in any project."""

from django.contrib.auth.decorators import login_required, user_passes_test
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from .models import Question

staff_required = user_passes_test(lambda user: user.is_staff)


def home(request):
    return render(request, "polls/home.html")


@login_required
def profile(request):
    return render(request, "polls/profile.html")


def index(request):
    return render(request, "polls/index.html", {"questions": Question.objects.order_by("-pub_date")[:20]})


@login_required
def detail(request, question_id):
    return render(request, "polls/detail.html", {"question": get_object_or_404(Question, pk=question_id)})


@login_required
@require_POST
def vote(request, question_id):
    question = get_object_or_404(Question, pk=question_id)
    chosen = request.POST.get("choice", "")
    choice = question.choice_set.filter(pk=chosen).first() if chosen.isdecimal() else None
    if choice is None:
        context = {"question": question, "error": "You did not choose anything."}
        return render(request, "polls/detail.html", context, status=400)
    question.choice_set.filter(pk=choice.pk).update(votes=F("votes") + 1)
    return redirect("polls:results", question.pk) if request.user.is_staff else redirect("polls:index")


@staff_required
def results(request, question_id):
    return render(request, "polls/results.html", {"question": get_object_or_404(Question, pk=question_id)})
